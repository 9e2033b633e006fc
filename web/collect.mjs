// Copies the files of GraphiQL that the page needs from node_modules into dist, where the Go program embeds them.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const files = [
  "graphiql/graphiql.min.js",
  "graphiql/graphiql.min.css",
  "react/umd/react.production.min.js",
  "react-dom/umd/react-dom.production.min.js",
];

await mkdir(join(here, "dist"), { recursive: true });
await Promise.all(files.map((file) => copyFile(join(here, "node_modules", file), join(here, "dist", file.split("/").at(-1)))));
