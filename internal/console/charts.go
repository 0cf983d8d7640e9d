package console

import (
	"time"

	"pulang/internal/cases"
)

// Charts are drawn on the server, as shapes of SVG: no script, and no style that the
// policy of the pages would refuse. Each stands beside its numbers in words.

// chart is a bar for each day.
type chart struct {
	Width, Height int
	Bars          []bar
	Most          int // what the highest bar stands for
	Rows          []dayRow
}

// bar is one day of a chart.
type bar struct {
	X, Y, Width, Height int
	Day                 time.Time
	N                   int
}

const (
	chartWidth  = 720
	chartHeight = 120
)

func chartOf(f cases.Figures) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Rows: daysOf(f)}
	for _, r := range c.Rows {
		c.Most = max(c.Most, r.N)
	}
	step := chartWidth / max(1, len(c.Rows))
	for i, r := range c.Rows {
		height := r.N * chartHeight / max(1, c.Most)
		if r.N > 0 {
			height = max(height, 2) // one case is seen as well
		}
		c.Bars = append(c.Bars, bar{X: i * step, Y: chartHeight - height, Width: max(1, step-2), Height: height, Day: r.Day, N: r.N})
	}
	return c
}

// hourCell is one hour of the coverage: a column for each day, and up to three people
// as high as the cell.
type hourCell struct {
	X, Height, Top int
	At             time.Time
	Least          int
}

const (
	cellWidth  = 4
	cellHeight = 24
)

func hoursOf(watches []cases.Watch) []hourCell {
	var cells []hourCell
	for i, w := range watches {
		height := min(w.Least, 3) * cellHeight / 3
		cells = append(cells, hourCell{X: i * cellWidth, Height: height, Top: cellHeight - height, At: w.At, Least: w.Least})
	}
	return cells
}

// gapsOf are the hours in a row in which nobody was on duty.
func gapsOf(watches []cases.Watch) []gap {
	var gaps []gap
	for _, w := range watches {
		if w.Least > 0 {
			continue
		}
		end := w.At.Add(time.Hour)
		if n := len(gaps); n > 0 && gaps[n-1].To.Equal(w.At) {
			gaps[n-1].To = end
			continue
		}
		gaps = append(gaps, gap{w.At, end})
	}
	return gaps
}
