/**
 * What is spread into a message. It may not have a `type`: that of another message would replace the one it goes into,
 * and the other side would ignore it. So a whole message is refused where its parts are wanted.
 */
export type MessageParts<T extends object> = T & { type?: never };
