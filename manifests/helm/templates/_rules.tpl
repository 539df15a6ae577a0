{{/* The rules across the job's settings, from files/settings-rules.json, which is made from the job's own table: what it would refuse, and what it would warn of. */}}

{{/* A number by its unit, in base units; a text as it is. Takes a dict: unit, value. */}}
{{- define "prophet-autoscaler.amount" -}}
{{- $text := toString .value -}}
{{- if eq .unit "seconds" -}}
{{- include "prophet-autoscaler.seconds" .value -}}
{{- else if and (eq .unit "cores") (hasSuffix "m" $text) -}}
{{- divf (trimSuffix "m" $text | float64) 1000.0 -}}
{{- else if and (eq .unit "ratio") (hasSuffix "%" $text) -}}
{{- divf (trimSuffix "%" $text | float64) 100.0 -}}
{{- else -}}
{{- $text -}}
{{- end -}}
{{- end }}

{{/* Adds to the dict `into`, under its place, every value that a path leads to. Takes a dict: value, at (the path), place, into. */}}
{{- define "prophet-autoscaler.places" -}}
{{- $in := . -}}
{{- if empty .at -}}
  {{- if kindIs "map" .value -}}{{- $_ := set .into .place .value -}}{{- end -}}
{{- else -}}
  {{- $key := first .at -}}
  {{- if and (eq $key "[]") (kindIs "slice" .value) -}}
    {{- range $i, $item := .value -}}
      {{- include "prophet-autoscaler.places" (dict "value" $item "at" (rest $in.at) "place" (printf "%s[%d]" $in.place $i) "into" $in.into) -}}
    {{- end -}}
  {{- else if kindIs "map" .value -}}
    {{- range $name, $item := .value -}}
      {{- if or (eq $key "{}") (eq $key $name) -}}
        {{- include "prophet-autoscaler.places" (dict "value" $item "at" (rest $in.at) "place" (printf "%s.%s" $in.place $name) "into" $in.into) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* One side of a comparison as JSON: amount and how it is written; an empty object where nobody gives it. Takes a dict: side, here, outer. */}}
{{- define "prophet-autoscaler.side" -}}
{{- $side := .side -}}
{{- if hasKey $side "number" -}}
{{- dict "amount" (toString $side.number) "written" (toString $side.number) | toJson -}}
{{- else -}}
{{- $value := .here -}}
{{- if $side.outer -}}{{- $value = .outer -}}{{- end -}}
{{- range $side.path -}}
  {{- if kindIs "map" $value -}}{{- $value = get $value . -}}{{- else -}}{{- $value = "" -}}{{- end -}}
{{- end -}}
{{- /* an absent field is "", and a default stands in for it; 0 is a value */ -}}
{{- if kindIs "invalid" $value -}}{{- $value = "" -}}{{- end -}}
{{- if and (kindIs "string" $value) (eq $value "") -}}{{- $value = get $side "default" -}}{{- end -}}
{{- if not (and (kindIs "string" $value) (eq $value "")) -}}
  {{- $amount := include "prophet-autoscaler.amount" (dict "unit" $side.unit "value" $value) -}}
  {{- $written := toString $value -}}
  {{- if $side.times -}}
    {{- $amount = mulf (float64 $amount) (float64 $side.times) | toString -}}
    {{- $written = printf "%s%s" $amount (eq $side.unit "seconds" | ternary "s" "") -}}
  {{- end -}}
  {{- dict "amount" $amount "written" $written | toJson -}}
{{- else -}}
{}
{{- end -}}
{{- end -}}
{{- end }}

{{/* "broken" where two amounts do not compare so. Takes a dict: left, is, right, text (whether they are texts). */}}
{{- define "prophet-autoscaler.compare" -}}
{{- $left := .left -}}
{{- $right := .right -}}
{{- if not .text -}}
{{- $left = float64 .left -}}
{{- $right = float64 .right -}}
{{- end -}}
{{- $holds := or (and (eq .is "<=") (le $left $right)) (and (eq .is "<") (lt $left $right)) (and (eq .is ">=") (ge $left $right)) (and (eq .is "!=") (ne $left $right)) -}}
{{- $holds | ternary "" "broken" -}}
{{- end }}

{{/* What one rule says of one place; nothing where it holds. Takes a dict: rule, here, outer, place. */}}
{{- define "prophet-autoscaler.broken" -}}
{{- $in := . -}}
{{- $rule := .rule -}}
{{- if hasKey $rule "fields" -}}
  {{- $given := 0 -}}
  {{- range $rule.fields -}}{{- if hasKey $in.here . -}}{{- $given = add1 $given -}}{{- end -}}{{- end -}}
  {{- $allowed := false -}}
  {{- range $rule.allowed -}}{{- if eq (int .) (int $given) -}}{{- $allowed = true -}}{{- end -}}{{- end -}}
  {{- if not $allowed -}}{{ .place }}: {{ $rule.says }}{{- end -}}
{{- else if not (and $rule.unless (hasKey .here (first ($rule.unless | default (list ""))))) -}}
  {{- $left := include "prophet-autoscaler.side" (dict "side" $rule.left "here" .here "outer" .outer) | fromJson -}}
  {{- $right := include "prophet-autoscaler.side" (dict "side" $rule.right "here" .here "outer" .outer) | fromJson -}}
  {{- if and $left $right -}}
    {{- $text := eq $rule.left.unit "text" -}}
    {{- if include "prophet-autoscaler.compare" (dict "left" $left.amount "is" $rule.is "right" $right.amount "text" $text) -}}
      {{ .place }}.{{ join "." $rule.left.path }}: {{ $rule.says | replace "{left}" $left.written | replace "{right}" $right.written }}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* What the rules of a level (refuse or warn) say of config, one line each. Takes a dict: root, level. */}}
{{- define "prophet-autoscaler.ruleFaults" -}}
{{- $in := . -}}
{{- $config := .root.Values.config -}}
{{- $targets := dict -}}
{{- range $i, $target := $config.targets -}}
  {{- $_ := set $targets (printf "config.targets[%d]" $i) (include "prophet-autoscaler.overlay" (dict "over" $target "base" ($config.defaults | default dict)) | fromYaml) -}}
{{- end -}}
{{- range $rule := .root.Files.Get "files/settings-rules.json" | fromJsonArray -}}
  {{- if eq $rule.level $in.level -}}
    {{- $wholes := $targets -}}
    {{- if eq $rule.scope "run" -}}{{- $wholes = dict "config" $config -}}{{- end -}}
    {{- range $path, $whole := $wholes -}}
      {{- $places := dict -}}
      {{- include "prophet-autoscaler.places" (dict "value" $whole "at" $rule.at "place" $path "into" $places) -}}
      {{- range $place, $here := $places -}}
        {{- with include "prophet-autoscaler.broken" (dict "rule" $rule "here" $here "outer" $whole "place" $place) }}
{{ . }}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if eq .level "refuse" -}}
{{- $seen := dict -}}
{{- range $path, $target := $targets -}}
  {{- $key := printf "%s %s/%s" ($target.scaleTargetRef.kind | default "Deployment") ($target.namespace | default $in.root.Release.Namespace) $target.scaleTargetRef.name -}}
  {{- if hasKey $seen $key }}
{{ $path }}: {{ $key }} appears twice. Each workload has one entry.
  {{- end -}}
  {{- $_ := set $seen $key true -}}
{{- end -}}
{{- end -}}
{{- end }}
