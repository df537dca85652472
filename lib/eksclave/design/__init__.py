"""What was decided: `build(spec)` turns a spec into a `Design`, pure, ordered and literal, each part with its reason."""
