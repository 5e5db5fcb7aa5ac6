package datamap

import "github.com/goccy/go-yaml/ast"

// unalias puts what an anchor (&name) stands for in the place of each alias (*name), so that columns which many tables have
// are described, and decided, once. Faults in such a column are told at the anchor.
func unalias(node ast.Node, anchors map[string]ast.Node) (ast.Node, error) {
	var err error
	switch n := node.(type) {
	case *ast.AnchorNode:
		name := n.Name.GetToken().Value
		value, err := unalias(n.Value, anchors)
		anchors[name] = value
		return value, err
	case *ast.AliasNode:
		value, ok := anchors[n.Value.GetToken().Value]
		if !ok {
			return nil, at(posOf(n.GetToken()), "no anchor above is called %q", n.Value.GetToken().Value)
		}
		return value, nil
	case *ast.MappingNode:
		for _, v := range n.Values {
			if v.Value, err = unalias(v.Value, anchors); err != nil {
				return nil, err
			}
		}
	case *ast.MappingValueNode:
		n.Value, err = unalias(n.Value, anchors)
	case *ast.SequenceNode:
		for i := range n.Values {
			if n.Values[i], err = unalias(n.Values[i], anchors); err != nil {
				return nil, err
			}
		}
	}
	return node, err
}
