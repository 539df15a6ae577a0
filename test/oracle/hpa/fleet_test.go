// The pods of a wide history: pending, starting, ready, flapping, never ready, failed, going; with samples, without, with old ones.
package oracle

import (
	"fmt"
	"math/rand"
	"time"

	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

type life struct {
	pod
	startAt, readyFrom int64 // when it leaves Pending, when it first is ready
	until              int64 // a failed or going pod is removed then
	backAt             int64 // a ready pod that flaps is ready again then
	lost               int
}
type fleet struct {
	r       *rand.Rand
	w       *world
	request int64
	n       int
	pods    []*life // oldest first
	// habits of this history
	mixed, slow, unstable bool
	lag                   bool
	window                int64
	surge                 int
	memory                *int64 // request of a pod; nil: none
	patchy                bool   // not every pod has one
}

func newFleet(r *rand.Rand, w *world, request int64) *fleet {
	return &fleet{r: r, w: w, request: request, mixed: r.Intn(5) == 0, slow: r.Intn(3) == 0, unstable: r.Intn(3) == 0, lag: r.Intn(3) == 0, window: pick[int64](r, 15, 15, 15, 30, 60)}
}

func (l *life) counts() bool { return l.until == 0 }

func (f *fleet) add(now int64) {
	f.n++
	l := &life{pod: pod{Name: fmt.Sprintf("p%03d", f.n)}}
	if now == 0 {
		l.startAt = -pick[int64](f.r, 600, 600, 600, 250, 40)
	} else {
		l.startAt = now + pick[int64](f.r, 0, 0, 0, 15, 30, 90)
	}
	l.readyFrom = l.startAt + pick[int64](f.r, 15, 30, 30, 30, 45)
	if f.slow {
		l.readyFrom += pick[int64](f.r, 0, 60, 120, 400, 3000)
	}
	if f.mixed && f.r.Intn(2) == 0 {
		l.Request = ptr(f.request * pick[int64](f.r, 1, 2, 3) / 2)
	}
	if f.r.Intn(12) == 0 {
		l.lost = 1 + f.r.Intn(8)
	}
	if f.memory != nil && (!f.patchy || f.r.Intn(20) > 0) {
		l.memory = f.memory
		if f.patchy {
			l.Memory = f.memory
		}
	}
	f.pods = append(f.pods, l)
}

// match makes the counting pods as many as the replicas, give or take a rollout's surge or a full cluster, and lets each pod live on.
func (f *fleet) match(now int64) {
	if f.r.Intn(25) == 0 {
		f.surge = f.r.Intn(5) - 2
	} else if f.r.Intn(4) == 0 {
		f.surge = 0
	}
	want := max(0, int(f.w.replicas)+f.surge)
	if f.w.replicas == 0 {
		want = 0
	}
	left := f.pods[:0]
	count := 0
	for _, l := range f.pods {
		if l.until != 0 && now >= l.until {
			f.w.remove(l.Name)
			continue
		}
		if f.unstable && l.counts() && l.Start != nil && f.r.Intn(50) == 0 {
			l.Phase, l.until = pick(f.r, "Failed", "Failed", "Failed", "Succeeded"), now+15*int64(1+f.r.Intn(10))
		}
		if l.counts() {
			count++
		}
		left = append(left, l)
	}
	f.pods = left
	for ; count < want; count++ {
		f.add(now)
	}
	for i := len(f.pods) - 1; i >= 0 && count > want; i-- {
		if l := f.pods[i]; l.counts() {
			l.Deleted, l.until = true, now+pick[int64](f.r, 15, 15, 30, 60)
			count--
		}
	}
	for _, l := range f.pods {
		f.live(l, now)
		f.w.put(mkpod(l.pod, f.w.t0, f.request))
	}
}

func (f *fleet) live(l *life, now int64) {
	if l.Phase == "Failed" || l.Phase == "Succeeded" {
		return
	}
	if now < l.startAt {
		l.Phase = "Pending"
		return
	}
	if l.Start == nil {
		l.Phase, l.Start, l.ReadyAt = "", ptr(l.startAt), l.startAt
		if f.r.Intn(30) > 0 {
			l.Ready = false
		}
	}
	switch {
	case l.Ready != true && l.backAt == 0 && now >= l.readyFrom:
		l.Ready, l.ReadyAt = true, l.readyFrom
	case l.backAt != 0 && now >= l.backAt:
		l.Ready, l.ReadyAt, l.backAt = true, now, 0
	case l.Ready == true && f.unstable && f.r.Intn(40) == 0:
		l.Ready, l.ReadyAt, l.backAt = pick[any](f.r, false, false, "Unknown"), now-5, now+15*int64(1+f.r.Intn(6))
		if f.r.Intn(4) == 0 {
			// as if it had never been ready: the edge of the readiness delay of 30 s
			l.ReadyAt = *l.Start + pick[int64](f.r, 29, 30, 31)
		}
	}
}

// sample shares the demand among the ready pods and returns what the next sync will see.
func (f *fleet) sample(now int64, demand float64) []pod {
	ready := 0
	for _, l := range f.pods {
		if l.Ready == true && l.counts() {
			ready++
		}
	}
	out := []pod{}
	f.w.fm.m = metrics.PodMetricsInfo{}
	for _, l := range f.pods {
		q := l.pod
		usual := l.Ready == true && l.counts()
		if l.lost > 0 && usual {
			l.lost--
		} else if usual || f.r.Intn(3) == 0 {
			q.Milli = ptr(int64(demand / float64(max(1, ready)) * (.9 + .2*f.r.Float64())))
			at := now
			if f.lag {
				at -= pick[int64](f.r, 0, 10, 15, 30, 60)
				q.At = &at
			}
			if f.window != 15 {
				q.Window = &f.window
			}
			f.w.fm.m[q.Name] = metrics.PodMetric{Timestamp: f.w.at(at), Window: time.Duration(f.window) * time.Second, Value: *q.Milli}
			if usual && f.r.Intn(150) == 0 {
				l.lost = 1 + f.r.Intn(8)
			}
		}
		out = append(out, q)
	}
	return out
}

// orphans adds samples of pods that are gone from the cache already.
func (f *fleet) orphans(now int64) []int64 {
	out := []int64{}
	for i := 1 + f.r.Intn(2); i > 0; i-- {
		m := int64(f.r.Intn(int(f.request)))
		f.w.fm.m[fmt.Sprintf("gone%d", i)] = metrics.PodMetric{Timestamp: f.w.at(now), Window: 15 * time.Second, Value: m}
		out = append(out, m)
	}
	return out
}
