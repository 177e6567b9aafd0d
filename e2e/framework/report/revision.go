package report

// Revision is one revision of a release, and what became of its objects since the one before.
type Revision struct {
	// Release is the name of the release, where a subject may have several.
	Release string `json:"release,omitempty"`
	// Number is Helm's. That of a release that was taken away is the number of its last revision.
	Number int `json:"number"`
	// Status is Helm's at the time; "uninstalled" is also that of a release of which nothing is recorded any more.
	Status      string   `json:"status"`
	Description string   `json:"description,omitempty"`
	Chart       string   `json:"chart,omitempty"`
	Objects     []Object `json:"objects,omitempty"`
}

// Uninstalled is the status of a release that was taken away.
const Uninstalled = "uninstalled"

// Fate is what a revision did to an object.
type Fate string

// The fates. Returned objects were there, went, and are there again as they were.
const (
	Came     Fate = "came"
	Kept     Fate = "kept"
	Changed  Fate = "changed"
	Went     Fate = "went"
	Returned Fate = "returned"
)

// Fates are all there are.
func Fates() []Fate { return []Fate{Came, Kept, Changed, Went, Returned} }

// Object is one object in a revision.
type Object struct {
	// Name is kind and name, such as Service/redis-slave.
	Name string `json:"name"`
	Fate Fate   `json:"fate" jsonschema:"enum=came,enum=kept,enum=changed,enum=went,enum=returned"`
	// Fields are those that changed.
	Fields []string `json:"fields,omitempty"`
}
