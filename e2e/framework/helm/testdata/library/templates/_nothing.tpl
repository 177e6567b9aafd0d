{{- define "nothing" }}{{ end -}}
