// A runtime for the lab's Docker engine where root itself lacks capabilities (a container or micro-VM):
// `docker run --privileged` asks for all of them, which runc refuses ("unable to apply caps"). This
// removes what this process does not hold from the bundle's config.json and from an exec's process
// file, then becomes runc.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Capability numbers in the kernel's order (capability.h).
var names = strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
	LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO
	SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD
	LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
	PERFMON BPF CHECKPOINT_RESTORE`)

func held() (map[string]bool, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if value, ok := strings.CutPrefix(line, "CapBnd:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			if err != nil {
				return nil, err
			}
			set := map[string]bool{}
			for i, name := range names {
				set["CAP_"+name] = bits&(1<<i) != 0
			}
			return set, nil
		}
	}
	return nil, fmt.Errorf("no CapBnd in /proc/self/status")
}

// reduce keeps, in each list of process.capabilities, what is held. The file holds a whole spec or a process alone.
func reduce(file string, set map[string]bool) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec map[string]any
	if err := json.Unmarshal(data, &spec); err != nil {
		return err
	}
	process := spec
	if inner, ok := spec["process"].(map[string]any); ok {
		process = inner
	}
	capabilities, ok := process["capabilities"].(map[string]any)
	if !ok {
		return nil
	}
	for kind, list := range capabilities {
		kept := []any{}
		for _, name := range list.([]any) {
			if set[name.(string)] {
				kept = append(kept, name)
			}
		}
		capabilities[kind] = kept
	}
	data, err = json.Marshal(spec)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// value finds `--name VALUE` or `--name=VALUE` among the arguments.
func value(args []string, flags ...string) string {
	for i, arg := range args {
		for _, flag := range flags {
			if v, ok := strings.CutPrefix(arg, flag+"="); ok {
				return v
			}
			if arg == flag && i+1 < len(args) {
				return args[i+1]
			}
		}
	}
	return ""
}

func run() error {
	set, err := held()
	if err != nil {
		return err
	}
	if bundle := value(os.Args[1:], "--bundle", "-b"); bundle != "" {
		if err := reduce(filepath.Join(bundle, "config.json"), set); err != nil {
			return err
		}
	}
	if process := value(os.Args[1:], "--process", "-p"); process != "" {
		if err := reduce(process, set); err != nil {
			return err
		}
	}
	runc, err := exec.LookPath("runc")
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, os.Args[1:]...), os.Environ())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "lab runtime:", err)
		os.Exit(1)
	}
}
