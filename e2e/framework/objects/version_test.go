package objects

import "testing"

func TestOlder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"9", "12", true},
		{"12", "9", false},
		{"12", "12", false},
		{"", "12", false},
		{"9", "", false},
		{"18446744073709551614", "18446744073709551615", true},
		{"opaque", "12", false},
	}
	for _, test := range tests {
		if got := Older(test.a, test.b); got != test.want {
			t.Errorf("Older(%q, %q) is %t, want %t", test.a, test.b, got, test.want)
		}
	}
}
