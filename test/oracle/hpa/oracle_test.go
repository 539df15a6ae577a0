// Steps the real HorizontalController through random histories under fake time and writes one JSON line a history.
package oracle

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/go-logr/logr"
	v2 "k8s.io/api/autoscaling/v2"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// pod as the sync saw it; what is absent is the usual: running, not deleted, the history's request, a sample of 15 s stamped with the sync's time.
type pod struct {
	Name    string `json:"name"`
	Start   *int64 `json:"start,omitempty"`  // seconds since the history began, absent = not started
	Ready   any    `json:"ready,omitempty"`  // true, false or "Unknown", absent = no such condition
	ReadyAt int64  `json:"readyAt"`          // last transition of Ready
	Milli   *int64 `json:"milli,omitempty"`  // CPU sample, absent = no metric
	At      *int64 `json:"at,omitempty"`     // stamp of the sample
	Window  *int64 `json:"window,omitempty"` // seconds the sample covers
	Phase   string `json:"phase,omitempty"`
	Deleted bool   `json:"deleted,omitempty"`
	Request *int64 `json:"requestMilli,omitempty"`
	// of memory; written out only where the pods of a history differ
	memory *int64
	Memory *int64 `json:"memoryRequestMilli,omitempty"`
	// samples of the other metrics by name
	Values map[string]int64 `json:"values,omitempty"`
}

// step is one sync; min, max, the targets, metrics and behavior appear where they changed and hold from there on.
type step struct {
	T            int64                               `json:"t"`
	Before       int32                               `json:"before"`
	Min          *int32                              `json:"min,omitempty"`
	Max          *int32                              `json:"max,omitempty"`
	Target       *int32                              `json:"targetUtilization,omitempty"`
	AverageMilli *int64                              `json:"averageValueMilli,omitempty"`
	Behav        *v2.HorizontalPodAutoscalerBehavior `json:"behavior,omitempty"`
	Metrics      []metric                            `json:"metrics,omitempty"`
	MetricsError bool                                `json:"metricsError,omitempty"`
	Status       *int32                              `json:"statusReplicas,omitempty"` // absent = before
	Pods         []pod                               `json:"pods"`
	Orphans      []int64                             `json:"orphans,omitempty"` // samples whose pod is gone
	OrphanValues map[string][]int64                  `json:"orphanValues,omitempty"`
	Values       map[string][]int64                  `json:"values,omitempty"` // of Object and External metrics by name
	After        int32                               `json:"after"`
	Conditions   map[string]string                   `json:"conditions,omitempty"` // type -> reason, after the sync
	Metric       string                              `json:"metric,omitempty"`     // the largest recommendation was this one's
	Invalid      []string                            `json:"invalid,omitempty"`    // these gave none
}
type seq struct {
	Seed         int64                               `json:"seed"`
	Min          *int32                              `json:"min,omitempty"`
	Max          int32                               `json:"max"`
	Target       *int32                              `json:"targetUtilization,omitempty"`
	AverageMilli *int64                              `json:"averageValueMilli,omitempty"`
	Metrics      []metric                            `json:"metrics,omitempty"`
	ScaleToZero  bool                                `json:"scaleToZero,omitempty"` // the feature gate HPAScaleToZero
	Request      int64                               `json:"requestMilli"`
	Memory       *int64                              `json:"memoryRequestMilli,omitempty"`
	Behav        *v2.HorizontalPodAutoscalerBehavior `json:"behavior,omitempty"`
	Steps        []step                              `json:"steps"`
}

// TestOracle writes N histories of KIND (plain, wide or several) from SEED+1 on to OUT.
func TestOracle(t *testing.T) {
	// the default handler keeps the time of its last error across bubbles, whose clocks all start at the same moment
	utilruntime.ErrorHandlers = nil
	klog.SetLogger(logr.Discard())
	n, _ := strconv.Atoi(os.Getenv("N"))
	if n == 0 {
		n = 3
	}
	offset, _ := strconv.ParseInt(os.Getenv("SEED"), 10, 64)
	kind := map[string]func(*testing.T, int64) seq{"plain": plain, "wide": wide, "several": several}[os.Getenv("KIND")]
	out := os.Getenv("OUT")
	if out == "" {
		out = "goldens.jsonl"
	}
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := 0; i < n; i++ {
		b, err := json.Marshal(kind(t, offset+int64(i)+1))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(append(b, '\n')); err != nil {
			t.Fatal(err)
		}
	}
}
