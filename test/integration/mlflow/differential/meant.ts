/** The differences from MLflow's server that are meant, by the name that the corpus gives them, each with its reason. */
export const MEANT: Record<string, string> = {
  fault:
    'MLflow fails (500), which its clients repeat for minutes; ours says what was wrong with the request.',
  database:
    'MLflow shows an error of its database, also where a request is only repeated, which ours takes as such.',
  page: "MLflow answers with a page for people, or in the form of the framework below it; ours in the protocol's.",
  malformed:
    'MLflow passes over what it cannot read and goes on without it, or with a zero; ours refuses the request.',
  bare: 'MLflow logs a zero for a bare NaN or Infinity, which its own client does not send; ours the value.',
  unnamed: 'MLflow keeps things without a name or a key, which cannot be asked for again.',
  long: 'MLflow looks at lengths when something is added later, not when a run or a model is made with it.',
  start: 'MLflow lets a run that says no start begin in 1970; ours now.',
  letters: "ILIKE knows the case of all letters; SQLite's knows that of A to Z.",
  more: 'Ours takes other spellings too: singular and plural, run_uuid for run_id, an address instead of a field.',
  less: 'Ours refuses what names nothing it could do: a page of no rows, a file of no run, conditions without an AND.',
  elsewhere:
    'MLflow would connect to these places and so refuses them; ours never goes where files are elsewhere.',
  owners: 'The folders that lie above those of runs and models are nobody’s, and are not listed.',
  tidy: 'Paths come back without empty and single-dot parts.',
  whole: 'Files are on this machine, so all of these are refused, whatever their fields.',
  digest: 'MLflow finds nothing for a dataset without a digest, as it compares with one that is NULL.',
  rewritten:
    'A tag that holds JSON is kept as it was sent, and each version that was made of a model once, as a text.',
  token: "A page goes on from the last row, wherever that is now; MLflow's from a number of rows.",
  features: 'The gateway and signed addresses are not here, which MLflow tells of beside what both tell.',
  newer:
    'MLflow 3.18 answers as ours does; these tests run 3.17, whose successor cannot be installed whole yet.',
  wording: 'The same refusal in other words, or of two things that are wrong the other one.',
};
