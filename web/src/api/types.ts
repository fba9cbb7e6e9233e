/** The REST bodies of docs/protocol.md, as the server's OpenAPI document describes them. */

import type { components } from "./schema";

type Schemas = components["schemas"];

/** A value as it came out of an answer: nobody changes it. */
type Received<T> = T extends readonly (infer Item)[]
  ? readonly Received<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Received<T[Key]> }
    : T;

/** An answer without the `success` that all of them carry. */
type Answer<T> = Received<Omit<T, "success">>;

export type Role = Schemas["Role"];
export type JoinPolicy = Schemas["JoinPolicy"];
export type Phase = Schemas["Phase"];
export type ParticipantStatus = Schemas["ParticipantStatus"];
export type Language = NonNullable<Schemas["CreateSession"]["language"]>;

export type ParticipantBody = Received<Schemas["ParticipantBody"]>;
export type SessionSummary = Received<Schemas["SessionSummary"]>;
export type SessionBody = Received<Schemas["SessionBody"]>;
export type Preview = Received<Schemas["Preview"]>;
export type ListedSession = Received<Schemas["ListedSession"]>;
export type UserBody = Received<Schemas["User"]>;

export type CreateAnswer = Answer<Schemas["CreateAnswer"]>;
export type InvitesAnswer = Answer<Schemas["InvitesAnswer"]>;
export type JoinAnswer = Answer<Schemas["JoinAnswer"]>;
export type MeAnswer = Answer<Schemas["MeAnswer"]>;
export type ListedAnswer = Answer<Schemas["ListedAnswer"]>;
export type SessionPage = Answer<Schemas["SessionPage"]>;
