package workshop

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shape is what a line looks like, taken alone.
type shape int

const (
	// unclear begins with a word in small letters that is no command we know.
	unclear shape = iota
	// commandLike begins with the name of a command.
	commandLike
	// outputLike begins as no command does, or is what a command reports.
	outputLike
	// dataLike is the beginning of a file: YAML, JSON, XML.
	dataLike
)

var (
	report = regexp.MustCompile(`^[a-z][\w.-]*(/[\w.:-]+| "[^"]+"( in namespace "[^"]+")?)( \([\w ]+\))? ` +
		`(created|configured|unchanged|deleted|patched|scaled|labeled|not labeled|annotated|exposed|restarted|edited|` +
		`replaced|rolled back|condition met|image updated|env updated|autoscaled|tainted|cordoned|uncordoned|` +
		`already exists|already)\b`)
	outputStart = regexp.MustCompile(`^(error|warning|fatal|panic|info|debug|note)[:\[]|^[a-z]+://|^[WIEF]\d{4} |^level=|^time=|` +
		`^(release|deployment|namespace|pod|service) "|^(added|removed|total) \d`)
	dataStart  = regexp.MustCompile(`^(apiVersion:|kind: [A-Z]|---\s*$|\{\s*("|$)|\[\s*(\{|"|$)|<\?xml|<!DOCTYPE)|^FROM [\w./:-]+$`)
	keyValue   = regexp.MustCompile(`^[a-z][\w.-]*:(\s|$)`)
	assignment = regexp.MustCompile(`^[A-Za-z_]\w*\+?=`)
	path       = regexp.MustCompile(`^(\.{0,2}|~|[\w.-]+|"?\$[{\w}]+"?)/\S`)
	evidence   = regexp.MustCompile(`(^|\s)(--?[A-Za-z]|\./|~/|/\w)|[|;$='"<>*&\\]|\.\w|\w/\w`)
	columns    = regexp.MustCompile(`\S\s{2,}\S+(\s\S+)*\s{2,}\S`)
	header     = regexp.MustCompile(`^[A-Z][A-Z0-9()/%_-]*((\s{2,}|\t\s*)[A-Z][A-Z0-9()/%_ -]*)+\s*$|^(NAME|REVISION|KEY|CURRENT)(\s|$)`)
)

// shapeOf judges a line without the spaces before it.
func shapeOf(line string) shape {
	line = strings.TrimSpace(line)
	line = line[:min(len(line), longestLook)]
	r, _ := utf8.DecodeRuneInString(line)
	switch {
	case line == "":
		return unclear
	case isLetter(line[0]) && unicode.IsLower(r) && knownCommand(line):
		return commandLike
	case dataStart.MatchString(line):
		return dataLike
	case line[0] <= 'Z' && header.MatchString(line), strings.ContainsAny(line, `/"`) && report.MatchString(line),
		outputStart.MatchString(line), elision(line):
		return outputLike
	case isAssignment(line):
		return commandLike
	case strings.HasPrefix(line, "[ "), strings.HasPrefix(line, "[[ "), strings.HasPrefix(line, ". "), r == '(', r == '{', r == '!', r == ':':
		return commandLike
	case path.MatchString(line):
		return commandLike
	case r == '"' || r == '$' || r == '\'' || r == '`':
		return unclear
	case !unicode.IsLower(r) || r > unicode.MaxASCII:
		return outputLike
	case keyValue.MatchString(line):
		return dataLike
	case strings.Contains(line, "  ") && columns.MatchString(line), strings.Contains(line, "\t") && columns.MatchString(line):
		return outputLike
	}
	return unclear
}

// elision says that a line stands for lines that are left out.
func elision(line string) bool {
	line = strings.TrimSpace(line)
	return line == "…" || line == "[...]" || line == "(...)" || len(line) >= 3 && strings.Trim(line, ".") == ""
}

// knownCommand says that a line begins with the name of a command, after what is put before commands.
func knownCommand(line string) bool {
	const enough = 300
	word, rest := cutWord(line[:min(len(line), enough)])
	for word != "" && (isAssignment(word) || before[word]) {
		word, rest = cutWord(rest)
	}
	if word == "" {
		return false
	}
	name := strings.TrimRight(word, ";")
	if ambiguous[name] {
		// These are words of sentences too.
		return evidence.MatchString(strings.TrimSpace(line)[len(name):])
	}
	return commands[name]
}

func isAssignment(text string) bool {
	return strings.Contains(text, "=") && assignment.MatchString(text)
}

// cutWord takes the first word off a line.
func cutWord(line string) (word, rest string) {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	for i := range len(line) {
		if b := line[i]; b == ' ' || b >= '\t' && b <= '\r' {
			return line[:i], line[i:]
		} else if b >= utf8.RuneSelf {
			break
		}
	}
	if end := strings.IndexFunc(line, unicode.IsSpace); end >= 0 {
		return line[:end], line[end:]
	}
	return line, ""
}

// leading splits off the first words of a line, however long it is.
func leading(line string) []string {
	const enough = 300
	if len(line) > enough {
		line = line[:enough]
	}
	return strings.Fields(line)
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	before    = set("sudo time exec command nohup")
	ambiguous = set(`make find set test sort watch go for if while until case select source kind code install which
		apply at cut date diff env file head host install join kill less link ln look mail man more node open
		patch paste pass print read script split start stat tail tee time top touch tree type uniq view wait who write yes
		act case clear helmfile history echo export cat service just task`)
	commands = set(`helm kubectl k oc kubectx kubens kustomize kind minikube k3d k3s k9s microk8s colima kubeadm crictl ctr
		nerdctl eksctl doctl argocd argo istioctl linkerd flux tkn kn velero cilium hubble kubeseal sops age vault consul
		nomad packer terraform tofu terragrunt pulumi ansible ansible-playbook vagrant
		docker docker-compose podman buildah skopeo crane cosign trivy helm-docs ct skaffold tilt devspace stern
		aws gcloud az ibmcloud bx doctl linode-cli hcloud gh glab git svn hg
		curl wget http httpie nc ncat telnet dig nslookup ping traceroute ssh scp sftp rsync openssl
		cd ls pwd mkdir rmdir rm cp mv chmod chown chgrp touch ln tar gzip gunzip zip unzip base64 md5sum sha256sum sha1sum
		echo printf cat grep egrep fgrep rg sed awk gawk jq yq tr wc xargs tee nl tac rev seq sleep basename dirname realpath
		export unset alias unalias eval popd pushd shopt ulimit umask trap true false exit return
		bash sh zsh python python3 pip pip3 pipx poetry uv npm npx yarn pnpm deno bun ruby gem bundle rake php composer
		java javac mvn gradle cargo rustc rustup gcc cmake ctest bazel golangci-lint gofmt
		apt apt-get apt-cache dpkg yum dnf rpm apk brew snap pacman zypper choco port
		systemctl journalctl dmesg mount umount df du free ps pgrep pkill killall lsof netstat ss ip ifconfig iptables sysctl
		uname whoami id hostname useradd usermod groupadd passwd su crontab
		vi vim nano emacs pico redis-cli mysql psql mongo mongosh sqlite3 etcdctl hey wrk siege k6 vegeta nproc openstack
		./mvnw ./gradlew envsubst watchexec tmux screen nvim asdf mise direnv seatrial`)
)
