/** The page of the einsum lab. */

import { arrive } from "../main.js";
import { Lab } from "./index.js";

arrive(Lab);
