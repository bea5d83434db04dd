import { load } from "./config";
import { all } from "./stacks/all";

const config = load();
const stacks = { all };

export = () => stacks[config.role](config);
