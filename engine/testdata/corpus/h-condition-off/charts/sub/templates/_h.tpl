{{- define "sub.name" -}}sub-{{ .Release.Name }}{{- end -}}
