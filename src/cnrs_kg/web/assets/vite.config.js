import { defineConfig } from "vite";

// Files are named by their content; manifest.json tells the server how the entry is called.
export default defineConfig({
  base: "/static/built/",
  publicDir: false,
  build: {
    outDir: "../static/built",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    manifest: "manifest.json",
    rollupOptions: {
      input: "editor.js",
      output: { entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
