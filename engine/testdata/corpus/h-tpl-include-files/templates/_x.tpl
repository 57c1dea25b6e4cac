{{- define "tpl.x" -}}{{ .Chart.Name | upper }}{{- end -}}
