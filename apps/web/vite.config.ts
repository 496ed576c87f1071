import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import vue from "@vitejs/plugin-vue";
import { baseCompile } from "@intlify/message-compiler";
import { defineConfig, type Plugin } from "vite";
import { cutFonts } from "./scripts/build-fonts.ts";
import { FIRST_PAGE, SHARED_PARTS } from "./scripts/first-page.ts";

const apiOrigin = process.env.API_ORIGIN ?? "http://127.0.0.1:3000";

/** The fonts are cut to the words of the interface before anything asks for them. */
function cutFontsFirst(): Plugin {
  return { name: "cut-fonts", buildStart: cutFonts };
}

/** The Latin text face is on every page's first screen: asking for it early saves one round trip. */
function preloadTextFace(): Plugin {
  return {
    name: "preload-text-face",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const faces = Object.keys(bundle ?? {}).filter((name) => /(pretendard|alike)-latin-.*\.woff2$/.test(name));
        return faces.map((name) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", crossorigin: "", href: `/${name}` },
          injectTo: "head" as const,
        }));
      },
    },
  };
}

const OWN_COPY = "?events";

/**
 * The event stream has a copy of the tRPC client of its own: the link that it needs stands in one module with what every first page needs,
 * and would otherwise come with each of them (with the server's half of streams, 3 kB of 100).
 */
function ownClientForEvents(): Plugin {
  return {
    name: "own-client-for-events",
    apply: "build",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!importer || !(importer.endsWith("realtime.api.ts") ? source === "@trpc/client" : importer.endsWith(OWN_COPY))) return null;
      const found = await this.resolve(source, importer.replace(OWN_COPY, ""), { skipSelf: true });
      return found && /[\\/]@trpc[\\/]/.test(found.id) ? { ...found, id: found.id + OWN_COPY } : found;
    },
  };
}

/** Smaller files fit into one packet anyway. */
const COMPRESS_FROM_BYTES = 1_000;

/** Every text is compressed once, here; the server sends the form that the browser takes. */
function compressTexts(): Plugin {
  return {
    name: "compress-texts",
    apply: (_config, { command, isSsrBuild }) => command === "build" && !isSsrBuild,
    async writeBundle({ dir }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const path = join(dir ?? "dist", name);
          const bytes = await readFile(path);
          if (bytes.length < COMPRESS_FROM_BYTES) return;
          await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
          await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
        }),
      );
    },
  };
}

/**
 * Messages are compiled at build time, so that the compiler stays out of the page. A text without placeholders, plural
 * or links is its own compilation.
 */
function compileMessages(): Plugin {
  const strip = (_key: string, value: unknown) => (typeof value === "number" && (_key === "start" || _key === "end") ? undefined : value);
  const compile = (value: unknown): unknown => {
    if (typeof value === "string") {
      if (!/[{|@]/.test(value)) return value;
      const { ast } = baseCompile(value, { jit: true, minify: true, optimize: true, location: false, onError: (error) => { throw error; } });
      return JSON.parse(JSON.stringify(ast, strip));
    }
    return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, compile(inner)]));
  };
  return {
    name: "compile-messages",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { id: /\/src\/locales\/[a-z]{2}\/[\w.-]+\.json$/ },
      handler: (code) => ({ code: JSON.stringify(compile(JSON.parse(code))), map: null }),
    },
  };
}

const OFTEN_SEEN = /index\.html$|assets\/(start|en|ko|StylePage|GenerationPage|ExplorePage|ProfilePage|LikeHeart|PhoneMenu|AccountMenu|Bell|SiteFooter|ToastHost)[.-]/;

export default defineConfig(({ command, isSsrBuild }) => ({
  plugins: [cutFontsFirst(), ownClientForEvents(), vue(), tailwindcss(), preloadTextFace(), compileMessages(), compressTexts()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    ...(isSsrBuild ? { "process.env.NODE_ENV": JSON.stringify("production") } : {}),
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
    __INTLIFY_DROP_MESSAGE_COMPILER__: JSON.stringify(command === "build"),
  },
  build: {
    target: "es2022",
    manifest: true,
    // Which built files a page that the server wrote needs, by the sources it was written from.
    ssrManifest: true,
    assetsInlineLimit: 0,
    // What the pages that most people see bring along is asked for at once; the lists of all the others would weigh more than they save.
    modulePreload: { polyfill: false, resolveDependencies: (file, needed) => (OFTEN_SEEN.test(file) ? needed : needed.filter((name) => name.endsWith(".css"))) },
    ...(isSsrBuild ? { outDir: "dist-server", copyPublicDir: false, ssrManifest: false, manifest: false } : {}),
    rolldownOptions: isSsrBuild ? {} : {
      // The program is started by the page's few lines, once its first screen stands: as much a beginning as they are.
      input: ["index.html", "src/app/start.ts"],
      output: {
        // Few files for the first page: the libraries, and what of ours stands on it. Pages and their parts come on demand.
        codeSplitting: {
          groups: [
            // The page's few lines need it, and nothing that stands with the program.
            { name: "load", test: /preload-helper|src[\\/]pause/ },
            { name: "vue", test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/ },
            { name: "data", test: /node_modules[\\/](@trpc|@tanstack[\\/](query-core|vue-query))[\\/]/, includeDependenciesRecursively: false, tags: ["$initial"] },
            { name: "first", test: FIRST_PAGE },
            // A style, an image and what stands beside them share most of their parts: one file of them, not forty.
            { name: "shared", test: SHARED_PARTS, minShareCount: 2, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  // What writes pages in the API's process stands alone: the API's own modules are others.
  ssr: { noExternal: true },
  server: {
    port: Number(process.env.WEB_PORT ?? 5173),
    // What the api itself answers; everything else is the page.
    proxy: Object.fromEntries(["/trpc", "/auth", "/images/", "/artworks/", "/avatars", "/previews", "/exports", "/dev/outbox", "/health", "/metrics", "/webhooks"].map((path) => [path, apiOrigin])),
  },
}));
