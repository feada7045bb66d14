import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { readConfig } from "./server/config.ts";

/** In development, answers `/api` and `/healthz` with the real server's code, reloaded when that changes. */
function api(): Plugin {
  return {
    name: "api",
    configureServer(vite) {
      const config = readConfig(process.env);
      let loaded: unknown;
      let app: FastifyInstance;
      vite.middlewares.use((request, response, next) => {
        if (!/^\/(api\/|healthz$)/.test(request.url ?? "")) {
          next();
          return;
        }
        vite
          .ssrLoadModule("/server/app.ts")
          .then(async (module) => {
            if (module !== loaded) {
              loaded = module;
              app = (module as typeof import("./server/app.ts")).createApp(config);
            }
            await app.ready();
            app.routing(request, response);
          })
          .catch(next);
      });
    },
  };
}

/** Compresses once, in the build, as tightly as can be, what would otherwise be compressed for every visitor. */
function compress(): Plugin {
  return {
    name: "compress",
    applyToEnvironment: (environment) => environment.name === "client",
    writeBundle({ dir = "" }) {
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (/\.(css|html|js|svg)$/.test(entry.name)) {
          const path = join(entry.parentPath, entry.name);
          const content = readFileSync(path);
          writeFileSync(`${path}.br`, brotliCompressSync(content));
          writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        }
      }
    },
  };
}

/**
 * Writes down what each file of a bundle was made of, as compilers do in their `.d` files: in the bundle itself nobody can
 * see it, and an SBOM has to name it.
 */
function sources(): Plugin {
  return {
    name: "sources",
    writeBundle({ dir = "" }, bundle) {
      const { cacheDir, root } = this.environment.config;
      const isFile = (id: string) => !id.includes("?") && existsSync(id);
      const modules = [...this.getModuleIds()].filter(isFile);
      const rules = Object.values(bundle).map((file) => {
        const names = file.type === "chunk" ? file.moduleIds : file.originalFileNames.map((name) => join(root, name));
        const known = names.filter(isFile);
        const made = ["", ".br", ".gz"].map((end) => join(dir, file.fileName + end));
        return `${made.join(" ")}: ${(known.length > 0 ? known : modules).join(" ")}\n`;
      });
      mkdirSync(cacheDir, { recursive: true });
      writeFileSync(join(cacheDir, `${this.environment.name}.d`), rules.join(""));
    },
  };
}

export default defineConfig(({ command }) => ({
  appType: "mpa",
  plugins: [api(), compress(), sources()],
  builder: {},
  environments: {
    client: {
      build: {
        outDir: "dist/client",
        // The content policy allows no data: address.
        assetsInlineLimit: 0,
      },
    },
    // The server and the packages that it uses in two files: no node_modules where it runs. In development they are there.
    ssr: {
      resolve: { noExternal: command === "build" || [] },
      build: {
        outDir: "dist/server",
        license: true,
        rolldownOptions: { input: ["server/main.ts", "server/healthcheck.ts"] },
      },
    },
  },
  server: {
    host: true,
    port: 8080,
    strictPort: true,
    // By what names compose's other services ask, next to localhost.
    allowedHosts: ["page"],
  },
}));
