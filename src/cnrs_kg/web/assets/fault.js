// Whether a query is well formed, in the engine's own judgement: SPARQL 1.2 and the endpoint's limits are judged as when
// it is run. Null if it is, or if nobody can tell now.

const LONGEST = 50_000;

export async function fault(query) {
  if (!query.trim() || query.length > LONGEST) return null;
  try {
    const reply = await fetch(`/sparql/check?lang=${document.documentElement.lang}`, { method: "POST", body: new URLSearchParams({ query }) });
    return reply.ok ? (await reply.json()).problem : null;
  } catch {
    return null;
  }
}
