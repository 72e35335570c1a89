// Apart from the laptop's database, for commands that look for the tables without loading it.

export type TableNames = { readonly stateTable: string; readonly resultsTable: string };

/** What the tables are called on a laptop. */
export const laptopTables: TableNames = {
  stateTable: "pointsman-state",
  resultsTable: "pointsman-results",
};
