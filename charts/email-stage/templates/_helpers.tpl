{{/* Base of all names of the release. */}}
{{- define "email-stage.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- $full | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels by which pods are selected. Takes a dict with root and component. */}}
{{- define "email-stage.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object. Takes a dict with root and component. */}}
{{- define "email-stage.labels" -}}
{{ include "email-stage.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "email-stage.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "email-stage.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "email-stage.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end }}

{{/* Name of the Secret with the secret settings. */}}
{{- define "email-stage.secretName" -}}
{{ default (include "email-stage.fullname" .) .Values.existingSecret }}
{{- end }}

{{/* Seconds until a stopping pod is killed: closing needs up to 4 seconds more than the two settings. */}}
{{- define "email-stage.gracePeriod" -}}
{{ add (default 1 .Values.settings.SHUTDOWN_DELAY) (default 25 .Values.settings.SHUTDOWN_TIMEOUT) 10 }}
{{- end }}

{{/* Address that users reach; empty without Ingress. */}}
{{- define "email-stage.publicUrl" -}}
{{- if .Values.settings.PUBLIC_URL -}}
{{ .Values.settings.PUBLIC_URL }}
{{- else if and .Values.ingress.enabled .Values.ingress.hosts -}}
{{ ternary "https" "http" (not (empty .Values.ingress.tls)) }}://{{ first .Values.ingress.hosts }}
{{- end -}}
{{- end }}

{{/* Value of a setting as text: integers without an exponent. */}}
{{- define "email-stage.text" -}}
{{- if kindIs "float64" . -}}{{ int64 . }}{{- else -}}{{ toString . }}{{- end -}}
{{- end }}

{{/* Fails if a required secret has no source. */}}
{{- define "email-stage.requireSecrets" -}}
{{- $names := concat (keys .Values.secrets) (keys .Values.settings) -}}
{{- range .Values.extraEnv }}{{ $names = append $names .name }}{{ end -}}
{{- range list "SECRET_KEY" "DATABASE_URL" }}
{{- if not (or $.Values.existingSecret (has . $names) (has (printf "%s_FILE" .) $names)) }}
{{- fail (printf "Set existingSecret to a Secret with the key %s, or secrets.%s." . .) }}
{{- end }}
{{- end }}
{{- end }}
