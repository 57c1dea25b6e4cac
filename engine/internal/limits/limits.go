// Package limits holds what a render may use, and the checks that need the content.
package limits

// Limits of one render. Zero means the default.
type Limits struct {
	// WallMs is the time in milliseconds.
	WallMs int64 `json:"wallMs"`
	// OutputBytes is the size of the result's body.
	OutputBytes int64 `json:"outputBytes"`
	// Documents is how many resources may come out, and how many YAML documents one file may hold.
	Documents int64 `json:"documents"`
	// Aliases is how many YAML nodes the aliases of one document may expand to.
	Aliases int64 `json:"aliases"`
	// FileBytes is the size of one file.
	FileBytes int64 `json:"fileBytes"`
	// Files is how many files may be read.
	Files int64 `json:"files"`
	// MemoryBytes is the size of the process.
	MemoryBytes int64 `json:"memoryBytes"`
}

// Default is used where a request says nothing.
var Default = Limits{
	WallMs:      30_000,
	OutputBytes: 64 << 20,
	Documents:   20_000,
	Aliases:     100_000,
	FileBytes:   16 << 20,
	Files:       20_000,
	MemoryBytes: 1 << 30,
}

// WithDefaults fills what is zero or negative.
func (l Limits) WithDefaults() Limits {
	fill := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	fill(&l.WallMs, Default.WallMs)
	fill(&l.OutputBytes, Default.OutputBytes)
	fill(&l.Documents, Default.Documents)
	fill(&l.Aliases, Default.Aliases)
	fill(&l.FileBytes, Default.FileBytes)
	fill(&l.Files, Default.Files)
	fill(&l.MemoryBytes, Default.MemoryBytes)
	return l
}
