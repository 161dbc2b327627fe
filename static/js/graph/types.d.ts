/** The graph's own nouns, in the order in which one is made from the one before: facts, scene, layout, marks. */

export type { Tape } from "../tape/load.js";

export interface State {
  step: number;
  stack: readonly number[];
  backward: number | null;
  tensor(id: number): { value: number | null; version: number; grad: number | null; seen: boolean };
  node(id: number): { status: string; received: readonly (number | null)[]; sent: readonly (number | null)[] };
  edge(source: number | null, output: number, node: number, input: number): number | null;
  hook(id: number): {
    registered: boolean;
    fired: number;
    before: readonly (number | null)[];
    after: readonly (number | null)[];
  };
  call(id: number): string;
}

export interface History {
  at(step: number): State;
}

export type UnitKind = "op" | "node" | "leaf" | "output" | "group";

/** The smallest thing with a place of its own: an op with its grad_fn, an extra node, a leaf with its AccumulateGrad, a result. */
export interface Unit {
  id: string;
  kind: UnitKind;
  call: number | null;
  /** The innermost group that it is drawn in: its call, or a fold there. */
  home: number | null;
  order: number;
  op: number | null;
  node: number | null;
  tensor: number | null;
  /** `pill`, `buffer` or `tag` for a leaf; `dot` where wires meet in something hidden. */
  shape: "pill" | "buffer" | "tag" | "box" | "circle" | "dot" | "group";
}

/** A gradient's way: from (node, output) to (node, input); `source` is null for a root's seed. */
export interface Link {
  source: number | null;
  output: number;
  node: number;
  input: number;
}

/** One value on its way from the unit that made it to one that uses it, and its gradient on the way back. */
export interface Connection {
  key: string;
  tensor: number | null;
  from: string;
  to: string;
  forward: boolean;
  links: Link[];
  /** The hidden units that it passes. */
  past?: readonly string[];
}

/** Equal things put together; `members` are the names of what was, `first` is the number of the first among its like. */
export interface Fold {
  id: number;
  kind: "stack" | "loop" | "turn" | "rest";
  name: string;
  parent: number | null;
  members: string[];
  times: number;
  first: number;
}

export interface Facts {
  units: Map<string, Unit>;
  connections: Connection[];
  /** The group around each group: calls by their id, folds after them. */
  parents: (number | null)[];
  folds: Map<number, Fold>;
  foldOf: Map<string, number>;
  /** Units of each group (null: the program itself), in execution order. */
  byCall: Map<number | null, Unit[]>;
  children: Map<number | null, number[]>;
  counts: Map<number, Counts>;
  /** Every unit that shows a node. */
  unitsOfNode: Map<number, string[]>;
  unitsOfTensor: Map<number, string[]>;
  unitOfOp: Map<number, string>;
  stepOfOp: Map<number, number>;
  root: Counts;
}

export interface Counts {
  ops: number;
  nodes: number;
  parameters: number;
  saved: number;
}

export interface HookMark {
  hook: number;
  side: Side;
  edge: "top" | "bottom";
}

export type Side = "forward" | "backward";

/** One side of a thing: what it says and how large it is. `lines` are room for that many lines of text. */
export interface Face {
  width: number;
  height: number;
  title: string;
  detail: string;
}

export interface SceneUnit extends Unit {
  forward: Face | null;
  backward: Face | null;
  open: boolean;
  depth: number;
  level: Level | null;
  /** What it puts together, if it is a fold; whether it is drawn narrow, and what is selected with it. */
  fold: (Fold & { narrow: boolean; stands: string[] }) | null;
  counts: Counts | null;
  hooks: HookMark[];
  saved: string;
  retains: boolean;
  /** Whether its node is an AccumulateGrad. */
  store: boolean;
  /** Whether a module's forward hook ran it. */
  hooked: boolean;
  /** The module of a group: one that is called again stands below. */
  again: number | null;
  /** Its place in time, if it is a turn of a loop by itself. */
  time: number | null;
  /** Whether its backward face hangs below its forward one. */
  stacked: boolean;
}

/** Ends are indices into `units`; a negative one, −1−i, is entry i as a start and exit i as an end. */
export interface Wire {
  key: string;
  tensor: number | null;
  from: number;
  to: number;
  forward: boolean;
  links: Link[];
  /** The other values of a bundle. */
  also: string[];
  /** Where it starts or ends inside an open group: the index of that group's exit or entry. */
  exit: number | null;
  entry: number | null;
  past: readonly string[];
}

export interface Port {
  key: string;
}

export interface Level {
  id: string;
  units: SceneUnit[];
  wires: Wire[];
  entries: Port[];
  exits: Port[];
  /** Whether its things are turns, side by side along time. */
  inTime: boolean;
}

export type Room = "wide" | "middle" | "tight";

export interface Scene {
  root: Level;
  /** How much room there is: `tight` shows no values between groups. */
  room: Room;
  size: number;
  counts: Counts;
  sides: import("./view.js").Sides;
  /** Whether wires are drawn for what is saved for backward. */
  savedWires: boolean;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A thing with its place: one side of a unit. */
export interface Item extends Box {
  id: string;
  side: Side;
  kind: UnitKind;
  shape: Unit["shape"] | "cylinder";
  unit: SceneUnit;
  face: Face;
  /** Indices of an open group's items and wires, so that what is off the screen is skipped as a whole. */
  children: Item[];
  wires: Route[];
  parent: string | null;
  /** Whether nothing stands between it and the other side. */
  clear: boolean;
  /** Whether turns of a loop do. */
  aside: boolean;
  /** The height of its slot. */
  room: number;
  /** Of a face that hangs below another: how much of it is hidden behind that. */
  strip: number | null;
}

/** A wire with its place on one side: an SVG path that starts where the value (or gradient) comes from. */
export interface Route extends Box {
  id: string;
  side: Side;
  key: string;
  path: string;
  points: { x: number; y: number; curve?: boolean }[];
  start: [number, number];
  end: [number, number];
  from: string | null;
  to: string | null;
  /** Whether its ends are open groups, inside which it goes on. */
  fromOpen: boolean;
  toOpen: boolean;
  /** The room for values beside it. */
  space: number;
  arrow: boolean;
  tensor: number | null;
  links: Link[];
  /** The other values of a bundle. */
  also: string[];
  /** The level it belongs to. */
  level: string;
  /** The hidden units that it passes. */
  past: readonly string[];
}

export interface SavedWire extends Box {
  id: string;
  unit: string;
  path: string;
  label: string;
  /** Where its label stands. */
  middle: number;
  level: number;
}

/** What stays lit while a lineage is shown: units and the groups around them, and where the lit wires start and end (`key unit`). */
export interface Lit {
  units: ReadonlySet<string>;
  starts: ReadonlySet<string>;
  ends: ReadonlySet<string>;
}

export interface Layout {
  sides: import("./view.js").Sides;
  items: Item[];
  panels: { forward: Box; backward: Box };
  roots: { forward: Item[]; backward: Item[] };
  wires: { forward: Route[]; backward: Route[] };
  saved: SavedWire[];
  width: number;
  height: number;
}
