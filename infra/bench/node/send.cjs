// `node send.cjs TOKENS PORT`: Node's firebase-admin, in the loop that its documentation shows, over HTTP/1.1.
// Where fcm.googleapis.com would be, its connections lead to the sink on PORT.
"use strict";
const fs = require("node:fs");
const https = require("node:https");
const { initializeApp } = require("firebase-admin/app");
const { getMessaging } = require("firebase-admin/messaging");

const CHUNK = 500;

class ToSink extends https.Agent {
  createConnection(options, done) {
    const there = { host: "localhost", hostname: "localhost", servername: "localhost", port: Number(process.argv[3]) };
    return super.createConnection({ ...options, ...there }, done);
  }
}

async function main() {
  const tokens = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
  const credential = { getAccessToken: async () => ({ access_token: "owner", expires_in: 3600 }) };
  const messaging = getMessaging(
    initializeApp({ credential, projectId: "bench", httpAgent: new ToSink({ keepAlive: true }) }),
  );
  messaging.enableLegacyHttpTransport();
  const data = { scheduleId: "0".repeat(24), title: "Autumn wines", body: "New in the cellar: forty bottles", sound: "ping" };
  const android = { priority: "high", ttl: 86400000 };
  const began = process.hrtime.bigint();
  const before = process.cpuUsage();
  let accepted = 0;
  for (let start = 0; start < tokens.length; start += CHUNK) {
    const messages = tokens.slice(start, start + CHUNK).map((token) => ({ token, data, android }));
    const answer = await messaging.sendEach(messages);
    accepted += answer.successCount;
    const failed = answer.responses.find((each) => !each.success);
    if (failed) console.error(String(failed.error));
  }
  const spent = process.cpuUsage(before);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ accepted, seconds, cpu_s: (spent.user + spent.system) / 1e6, peak_mib: peak }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
