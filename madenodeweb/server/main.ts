import { fileURLToPath } from "node:url";
import { createApp } from "./app.ts";
import { type Config, DRAINED_WITHIN, readConfig } from "./config.ts";

function config(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    console.error(`madenodeweb: ${(error as Error).message}`);
    process.exit(1);
  }
}

const { port, ...rest } = config();
const app = createApp({ port, ...rest }, { assets: fileURLToPath(new URL("../client", import.meta.url)) });

async function stop(): Promise<void> {
  setTimeout(() => {
    app.log.error("requests were still in flight");
    process.exit(1);
  }, DRAINED_WITHIN).unref();
  await app.close();
  app.log.info("stopped");
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stop());
}

await app.listen({ port, host: "0.0.0.0" });
