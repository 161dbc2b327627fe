// preact: made by tools/vendor.mjs; licences in preact.LICENSE.txt
export { Component, Fragment, cloneElement, createContext, createRef, h, hydrate, isValidElement, options, render, toChildArray } from "preact";
export { useCallback, useContext, useEffect, useErrorBoundary, useId, useImperativeHandle, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
export { Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export { For, Show } from "@preact/signals/utils";
export type { ComponentChild, ComponentChildren, ComponentType, FunctionComponent, RefObject, VNode } from "preact";
export type { ReadonlySignal } from "@preact/signals";
import type { VNode } from "preact";
/** One root gives one node; write a Fragment around several. */
export declare function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
