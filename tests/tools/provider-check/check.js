// Asks both of the provider's validators about documents: one JSON object a line on standard input, {"name", "verbs"}.
// Answers a line of JSON for each document that one of them refuses, and for nothing else. The two know different things:
// one refuses unknown properties, the other checks values, so a document is good when neither complains.
'use strict';
const readline = require('node:readline');
const specifications = require('@jambonz/verb-specifications');
const schema = require('@jambonz/schema');

const silent = { info() {}, debug() {}, error() {}, warn() {} };

function complaints(verbs) {
  if (!Array.isArray(verbs) || verbs.length === 0) return ['it is not a list of verbs, or an empty one'];
  const found = [];
  for (const [name, validator] of [['verb-specifications', specifications], ['schema', schema]]) {
    try {
      validator.validate(silent, verbs);
    } catch (error) {
      found.push(`${name}: ${error.message}`);
    }
  }
  return found;
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { name, verbs } = JSON.parse(line);
    const found = complaints(verbs);
    if (found.length > 0) console.log(JSON.stringify({ name, complaints: found }));
  }
})();
