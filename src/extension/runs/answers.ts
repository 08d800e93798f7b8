/** What several workspaces answer, less those that do not. @throws what the first of them says when none answers */
export async function answersOf<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(asked);
  const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed && answers.length === 0) throw failed.reason;
  return answers;
}
