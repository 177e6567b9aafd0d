{{/* The chart's name, as labels carry it. */}}
{{- define "guestbook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the web Deployment and Service: the release's own name when that already says what it is. */}}
{{- define "guestbook.fullname" -}}
{{- $name := include "guestbook.name" . -}}
{{- $fullname := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- $fullname = default $fullname .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- if has $fullname (list "redis-master" "redis-slave") -}}
{{- fail (printf "the name %q belongs to Redis: choose another release name or fullnameOverride" $fullname) -}}
{{- end -}}
{{- $fullname -}}
{{- end -}}

{{/*
What selects the web pods. Pods carry nothing else, so that a new chart version or revision replaces none of them
unless it changes how they run.
*/}}
{{- define "guestbook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "guestbook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of the web objects. */}}
{{- define "guestbook.labels" -}}
{{ include "guestbook.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* The reference of an image; a tag that is a number must not be written as 2.0240101e+07. */}}
{{- define "guestbook.image" -}}
{{ .repository }}:{{ kindIs "string" .tag | ternary .tag (.tag | int64) }}
{{- end -}}

{{/*
The security context of a pod. Takes user and port: a user that is not root may only bind a port below 1024 when the
pod's own network namespace allows it, and this sysctl is one that every cluster lets a pod set.
*/}}
{{- define "guestbook.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
seccompProfile:
  type: RuntimeDefault
{{- if lt (int .port) 1024 }}
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "0"
{{- end }}
{{- end -}}

{{/* The security context of a container. */}}
{{- define "guestbook.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/*
The pod of a Redis server. Takes root (the chart's own context), role and args.

A server is ready when it answers a read. A master does so as soon as it listens, which is looked at each second. A slave
does so only while it follows its master, because it is told to refuse stale reads; to ask it starts a process in the
container, which costs more than the server itself. So the look at its start waits for the answer, and a slave that waits
for its master is not restarted; later looks are rare, and until one of them notices that a slave has lost its master, it
refuses reads by itself.
*/}}
{{- define "guestbook.redisPod" -}}
{{- $values := .root.Values.redis -}}
metadata:
  labels:
    app: redis
    role: {{ .role }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 5
  securityContext:
    {{- include "guestbook.podSecurityContext" (dict "user" 999 "port" $values.port) | nindent 4 }}
  containers:
    - name: redis-{{ .role }}
      image: {{ include "guestbook.image" $values.image | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      command:
        - redis-server
      args:
        {{- range concat (list "--port" ($values.port | int | toString) "--dir" "/data" "--save" "" "--appendonly" "no" "--protected-mode" "no") .args }}
        - {{ . | quote }}
        {{- end }}
      ports:
        - name: redis-server
          containerPort: {{ $values.port }}
      {{- if eq .role "master" }}
      readinessProbe:
        tcpSocket:
          port: redis-server
        periodSeconds: 1
      {{- else }}
      startupProbe:
        exec:
          command: ["sh", "-c", "until redis-cli -e -p {{ $values.port }} dbsize; do sleep 0.1; done"]
        periodSeconds: 1
        timeoutSeconds: 5
        failureThreshold: 86400
      readinessProbe:
        exec:
          command: ["redis-cli", "-e", "-p", "{{ $values.port }}", "dbsize"]
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 2
      {{- end }}
      livenessProbe:
        exec:
          command: ["redis-cli", "-p", "{{ $values.port }}", "ping"]
        initialDelaySeconds: 30
        periodSeconds: 30
        timeoutSeconds: 5
      securityContext:
        {{- include "guestbook.containerSecurityContext" . | nindent 8 }}
      {{- with $values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: data
          mountPath: /data
  volumes:
    - name: data
      emptyDir: {}
{{- end -}}
