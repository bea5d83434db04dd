import "./stacks/stack-traces";
import { load } from "./config";
import { all } from "./stacks/all";
import { drill } from "./stacks/drill";
import { source } from "./stacks/source";
import { store } from "./stacks/store";
import { target } from "./stacks/target";

const config = load();
const stacks = { all, drill, store, source, target };

export = async () => {
    const outputs = await stacks[config.role](config);
    // Pulumi would warn of each that there is not.
    return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
};
