"""What was decided: `build(spec)` turns a spec into a `Design`, pure and literal, each part with its reason."""
