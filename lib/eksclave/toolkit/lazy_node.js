"use strict";
// Loaded with `node --require` into the process that jsii starts (measured in docs/decisions/one-lazy-seam.md).
// 1. A provider's modules load when they are first read. 2. Its type definitions are read where they are asked for.
// 3. Only where EKSCLAVE_KERNEL_STDIO is set: the kernel talks to Python itself instead of through a second Node.
const fs = require("fs");
const Module = require("module");
const { isMainThread } = require("worker_threads");

// 1. `exports.x = require("./x")`, 2,200 times in a provider's index.js (2.8 s, 440 MB for AWS), becomes a getter each.
const PROVIDER = /[\\/]@cdkt[fn][\\/]provider-[^\\/]+[\\/](?:[^\\/]+[\\/]){0,2}lib[\\/]/;
const EAGER = /^exports\.(\w+) = ((?:__importStar\()?require\("\.\/[^"]+"\)\)?);$/gm;
const LATER =
  '"use strict"; const __later = (name, read) => Object.defineProperty(exports, name, { enumerable: true, ' +
  "configurable: true, get() { const value = read(); Object.defineProperty(exports, name, { enumerable: true, value }); " +
  "return value; } });";

function withoutSourceMap(source) {
  const end = source.lastIndexOf("\n//# sourceMappingURL=data:");
  return end < 0 ? source : Buffer.from(source.slice(0, end)).toString(); // a copy: a slice would keep the whole alive
}

function lazily(source) {
  return source
    .replace(/^(?:exports\.\w+ = )+void 0;$/gm, "") // would define plain values in the getters' way
    .replace(EAGER, (_line, name, value) => `__later("${name}", () => ${value});`)
    .replace(/^"use strict";/, LATER);
}

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  const place = PROVIDER.exec(filename);
  if (!place) return compile.call(this, source, filename, ...rest);
  const code = withoutSourceMap(source);
  const isIndex = /^index\.js$/.test(filename.slice(place.index + place[0].length));
  return compile.call(this, isIndex ? lazily(code) : code, filename, ...rest);
};

// 2. jsii reads all type definitions of a package (35 MB for AWS) to take a few kilobytes out of them.
const DEFINITIONS = /[\\/]\.jsii\.runtime-defs\.v\d+\.jsonl$/;
const readFileSync = fs.readFileSync;

function pieceByPiece(path) {
  const file = fs.openSync(path, "r");
  let whole;
  const piece = (encoding, start, end) => {
    if (start === undefined || end === undefined) return (whole ??= readFileSync(path)).toString(encoding, start, end);
    const bytes = Buffer.alloc(end - start);
    return bytes.toString(encoding, 0, fs.readSync(file, bytes, 0, bytes.length, start));
  };
  return new Proxy(Buffer.alloc(0), {
    get(_nothing, name) {
      if (name === "toString") return piece;
      whole ??= readFileSync(path);
      const value = whole[name];
      return typeof value === "function" ? value.bind(whole) : value;
    },
  });
}

fs.readFileSync = function (path, options) {
  return options === undefined && typeof path === "string" && DEFINITIONS.test(path)
    ? pieceByPiece(path)
    : readFileSync.call(this, path, options);
};

// To name a package in its cache, jsii digests it in pieces of 16 kB, each a new buffer: 37 MB of garbage for AWS, collected
// too late. A small collection every 4 MB keeps the process from growing by that.
const PIECE = 16384;
const ENOUGH = 4 * 1024 * 1024;
const readPiece = fs.readSync;
let collect;
let unswept = 0;

fs.readSync = function (file, buffer, ...rest) {
  if (buffer.length === PIECE && (unswept += PIECE) >= ENOUGH) {
    unswept = 0;
    if (!collect) {
      require("v8").setFlagsFromString("--expose-gc");
      collect = require("vm").runInNewContext("gc");
    }
    collect({ type: "minor" });
  }
  return readPiece.call(this, file, buffer, ...rest);
};

// 3. jsii starts one Node to relay between Python's pipes and file descriptor 3 of another. Here descriptor 3 means
// those pipes, and what JavaScript prints is framed as the relay frames it, for jsii's Python side to read.
if (isMainThread && process.env.EKSCLAVE_KERNEL_STDIO) {
  const { Writable } = require("stream");
  const CHANNEL = 3;
  const { readSync, writeSync } = fs;
  if (fs.openSync(require("os").devNull, "r") < CHANNEL) throw new Error("standard streams are closed");
  fs.readSync = (fd, ...rest) => readSync(fd === CHANNEL ? 0 : fd, ...rest);
  fs.writeSync = (fd, ...rest) => writeSync(fd === CHANNEL ? 1 : fd, ...rest);

  const frame = (stream, text) => writeSync(2, JSON.stringify({ [stream]: Buffer.from(text).toString("base64") }) + "\n");
  for (const name of ["stdout", "stderr"]) {
    const stream = new Writable({
      decodeStrings: true,
      write(chunk, _encoding, done) {
        frame(name, chunk);
        done();
      },
    });
    stream.fd = name === "stdout" ? 1 : 2;
    Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
  }
  process._rawDebug = (...words) => frame("stderr", require("util").format(...words) + "\n");
  process.noDeprecation = true; // cdktf's frozen dependencies; nobody who reads the warning can mend it
  process.execArgv.push("--preserve-symlinks"); // as the relay passes it; jsii asks execArgv whether it holds
  delete process.env.EKSCLAVE_KERNEL_STDIO;
}
