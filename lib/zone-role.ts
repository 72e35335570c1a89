import { Stack, Token } from "aws-cdk-lib";
import { ArnPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config } from "../lambda/core/config.ts";
import { acknowledgeAnyChange, zonePermissions } from "./dns-permissions.ts";

export type ZoneRoleProps = {
  /** What is watched and moved: the same as at home. */
  readonly config: Config;
  /** The role to make, as the config has it: `dns.roleArn` of services whose zones are in this stack's account. */
  readonly roleArn: string;
  /** The one that may take it on: home's output `SweepRole`. It has to be there already. */
  readonly sweepRoleArn: string;
};

/**
 * What a zone's account deploys when Pointsman runs in another: a role that home's sweep may take on, and in which it
 * may do what it may do in its own zones: move the config's names, nothing else. It has no external id: that is for
 * who serves many customers from one account; here the trust names one role, and whoever can change what that role
 * runs could change the id as well.
 */
export class ZoneRole extends Construct {
  readonly role: Role;

  /** @throws when no service of the config has this role, or the role is of another account than the stack */
  constructor(scope: Construct, id: string, props: ZoneRoleProps) {
    super(scope, id);
    const { config, roleArn, sweepRoleArn } = props;
    const services = config.services.filter(({ dns }) => dns.roleArn === roleArn);
    if (services.length === 0) throw new Error(`no service of the config has dns.roleArn ${roleArn}`);
    const { account, path, roleName } = partsOf(roleArn);
    const own = Stack.of(this).account;
    if (!Token.isUnresolved(own) && own !== account) {
      throw new Error(`${roleArn} is of account ${account}; this stack is of ${own}`);
    }
    this.role = new Role(this, "Role", {
      path,
      // It is known at home before it is there.
      roleName,
      description: "Pointsman moves names of this account's zones in it",
      assumedBy: new ArnPrincipal(sweepRoleArn),
    });
    for (const statement of zonePermissions(services)) this.role.addToPolicy(statement);
    acknowledgeAnyChange(this);
  }
}

/** `arn:aws:iam::123456789012:role/dns/zone` is the role `zone` under the path `/dns/`. */
function partsOf(roleArn: string): { account: string; path: string; roleName: string } {
  const [, account = "", path = "", roleName = ""] =
    /^arn:aws:iam::(\d+):role(\/.*?)([^/]+)$/.exec(roleArn) ?? [];
  return { account, path, roleName };
}
