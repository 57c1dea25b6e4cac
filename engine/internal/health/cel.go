package health

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// maxExpression bounds an expression in characters, maxCost what one evaluation may cost, in cel-go's own units, maxMade a text that an
	// expression makes, in bytes.
	maxExpression = 16 << 10
	maxCost       = 1_000_000
	maxMade       = 64 << 10
	// maxPrograms bounds the compiled expressions that are kept.
	maxPrograms = 1024
)

// Expressions are a rule as Flux has it in healthCheckExprs.
type Expressions struct {
	Current    string `json:"current"`
	InProgress string `json:"inProgress"`
	Failed     string `json:"failed"`
}

// ask decides as Flux does (RFC 0009): an older generation is in progress, then the first expression that is true, else in progress.
func (e Expressions) ask(u *unstructured.Unstructured, name string) Verdict {
	v := Verdict{Status: Progressing, Rule: byRepository, Name: name}
	if stale(u) {
		v.Message = "the controller has not seen the newest generation yet"
		return v
	}
	for _, one := range []struct {
		field, text string
		status      Status
	}{{"inProgress", e.InProgress, Progressing}, {"failed", e.Failed, Degraded}, {"current", e.Current, Healthy}} {
		if one.text == "" {
			continue
		}
		holds, err := evaluate(one.text, u.Object)
		if err != nil {
			return unknown(byRepository, name, "the expression %s failed: %s", one.field, err)
		}
		if holds {
			v.Status, v.Message = one.status, one.field+" holds: "+one.text
			return v
		}
	}
	v.Message = "none of the expressions holds"
	return v
}

// programs are the compiled expressions by text.
var programs = map[string]cel.Program{}

// environment is Flux's (fluxcd/pkg, runtime/cel): expressions see the fields of the object by their names, and nothing is declared.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.HomogeneousAggregateLiterals(),
		cel.EagerlyValidateDeclarations(true),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		cel.OptionalTypes(),
		cel.ParserExpressionSizeLimit(maxExpression),
		ext.Strings(),
		ext.Sets(),
		ext.Encoders(),
	)
})

func evaluate(expression string, object map[string]any) (bool, error) {
	program, err := compiled(expression)
	if err != nil {
		return false, err
	}
	value, _, err := program.Eval(object)
	if err != nil {
		return false, err
	}
	holds, ok := value.(types.Bool)
	if !ok {
		return false, fmt.Errorf("it gives a %s instead of true or false", value.Type().TypeName())
	}
	return bool(holds), nil
}

func compiled(expression string) (cel.Program, error) {
	if program := programs[expression]; program != nil {
		return program, nil
	}
	env, err := environment()
	if err != nil {
		return nil, err
	}
	parsed, issues := env.Parse(expression)
	if issues.Err() != nil {
		return nil, fmt.Errorf("it does not parse: %w", issues.Err())
	}
	program, err := env.Program(parsed, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost), cel.CostTracking(textCost{}))
	if err != nil {
		return nil, err
	}
	if len(programs) >= maxPrograms {
		clear(programs)
	}
	programs[expression] = program
	return program, nil
}

// textCost makes texts cost their length: what is only parsed has no overloads, by which cel-go would know.
type textCost struct{}

// CallCost gives the cost of a call that made a text, nil for others.
func (textCost) CallCost(_, _ string, _ []ref.Val, result ref.Val) *uint64 {
	var length int
	switch made := result.(type) {
	case types.String:
		length = len(made)
	case types.Bytes:
		length = len(made)
	default:
		return nil
	}
	cost := uint64(1 + length/10)
	if length > maxMade {
		cost = maxCost + 1
	}
	return &cost
}
