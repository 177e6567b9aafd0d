{{/* The name of the web Deployment and Service. */}}
{{- define "guestbook.fullname" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The reference of an image; a tag that is a number must not be written as 2.0240101e+07. */}}
{{- define "guestbook.image" -}}
{{ .repository }}:{{ kindIs "string" .tag | ternary .tag (.tag | int64) }}
{{- end -}}

{{/* The security context of a pod. Takes the user. */}}
{{- define "guestbook.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The security context of a container. */}}
{{- define "guestbook.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/* What a container asks for. */}}
{{- define "guestbook.resources" -}}
requests:
  cpu: 10m
  memory: 16Mi
{{- end -}}

{{/*
The pod of a Redis server. Takes root (the chart's own context), role and args.

It has to stay what version 0.2.0 renders by default: an upgrade to that version then keeps these pods, and with the
master the entries.
*/}}
{{- define "guestbook.redisPod" -}}
{{- $image := .root.Values.redis.image -}}
metadata:
  labels:
    app: redis
    role: {{ .role }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 5
  securityContext:
    {{- include "guestbook.podSecurityContext" 999 | nindent 4 }}
  containers:
    - name: redis-{{ .role }}
      image: {{ include "guestbook.image" $image | quote }}
      imagePullPolicy: {{ $image.pullPolicy }}
      command:
        - redis-server
      args:
        {{- range concat (list "--port" "6379" "--dir" "/data" "--save" "" "--appendonly" "no" "--protected-mode" "no") .args }}
        - {{ . | quote }}
        {{- end }}
      ports:
        - name: redis-server
          containerPort: 6379
      {{- if eq .role "master" }}
      readinessProbe:
        tcpSocket:
          port: redis-server
        periodSeconds: 1
      {{- else }}
      startupProbe:
        exec:
          command: ["sh", "-c", "until redis-cli -e -p 6379 dbsize; do sleep 0.1; done"]
        periodSeconds: 1
        timeoutSeconds: 5
        failureThreshold: 86400
      readinessProbe:
        exec:
          command: ["redis-cli", "-e", "-p", "6379", "dbsize"]
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 2
      {{- end }}
      livenessProbe:
        exec:
          command: ["redis-cli", "-p", "6379", "ping"]
        initialDelaySeconds: 30
        periodSeconds: 30
        timeoutSeconds: 5
      securityContext:
        {{- include "guestbook.containerSecurityContext" . | nindent 8 }}
      resources:
        {{- include "guestbook.resources" . | nindent 8 }}
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      emptyDir: {}
{{- end -}}
