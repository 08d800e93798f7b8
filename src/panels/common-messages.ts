/** What pages may ask of the editor, and every host answers in the same way. */
export type CommonMessage =
  | { type: 'showOutput' }
  | { type: 'copy'; text: string }
  /** To be saved where a person says, under this name unless they say another. */
  | { type: 'save'; name: string; content: Uint8Array };
