"use strict";
// Loaded with `node --require` into the jsii kernel: a provider's index.js requires its 2,000 and more modules at once
// (2.8 s, 440 MB for AWS). Each of those exports becomes a getter that requires its module when it is first read.
const Module = require("module");

const INDEX = /[\\/]@cdkt[fn][\\/]provider-[^\\/]+[\\/](?:[^\\/]+[\\/]){0,2}lib[\\/]index\.js$/;
const EAGER = /^exports\.(\w+) = ((?:__importStar\()?require\("\.\/[^"]+"\)\)?);$/gm;
const SOURCE_MAP = "\n//# sourceMappingURL=data:";

function lazily(source) {
  const end = source.lastIndexOf(SOURCE_MAP);
  const code = end < 0 ? source : source.slice(0, end);
  // `exports.b = exports.a = void 0;` comes first in the file: dropped, since it would define plain values in the way.
  return code
    .replace(/^(?:exports\.\w+ = )+void 0;$/gm, "")
    .replace(EAGER, (_line, name, value) => `__later("${name}", () => ${value});`)
    .replace(
      /^"use strict";/,
      '"use strict"; function __later(name, read) { Object.defineProperty(exports, name, { enumerable: true, ' +
        "configurable: true, get() { const value = read(); " +
        "Object.defineProperty(exports, name, { enumerable: true, value }); return value; } }); }",
    );
}

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  return compile.call(this, INDEX.test(filename) ? lazily(source) : source, filename, ...rest);
};
