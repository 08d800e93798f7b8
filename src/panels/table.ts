/** A table as a panel shows it. Types only: pages know it, too. */

/** Text as the file has it, numbers included; null where there is no value. */
export type TableCell = string | null | TablePicture;

/** A picture that `mlflow.log_table` put beside the table. */
export interface TablePicture {
  /** Path of the small copy among the files of the run. */
  picture: string;
}

export interface TableColumn {
  name: string;
  /** Whether all its values are numbers. */
  isNumber: boolean;
}

export interface ShownTable {
  /** The first of them, in the order of the file. */
  columns: TableColumn[];
  /** The first of them; each has as many cells as there are `columns`. */
  rows: TableCell[][];
  columnCount: number;
  /** In the whole file; null when its end was not read. */
  rowCount: number | null;
}
