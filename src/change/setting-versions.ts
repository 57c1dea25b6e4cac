import { type FoundSettings, settingVersion, type VersionSetting, versionOf } from "../edit/find/index.ts";

/**
 * A version that a file says and no image's name in the render stands for: that of a chart, or of an image whose name
 * only the chart knows (Helm's parameter `image.tag` in an `Application`).
 */
export interface SettingVersion {
  readonly setting: VersionSetting;
  /** What it is called in every environment: `chart web`, `parameter image.tag`. */
  readonly name: string;
  /** Equal for what is the same in another target. */
  readonly key: string;
  readonly version: string;
}

/** The versions that settings say, those that others decide about left out. */
export function settingVersions({ settings }: Pick<FoundSettings, "settings">, environment: string) {
  const found = settings.flatMap((setting) => {
    const one = versionIn(setting);
    return one === undefined || setting.decidedBy !== undefined ? [] : [{ setting, ...one }];
  });
  const alike = Map.groupBy(found, ({ setting, name }) => `${setting.form} ${name}`);
  return [...alike.values()].flatMap((some) => apart(some, environment));
}

function versionIn(setting: VersionSetting): { readonly name: string; readonly version: string } | undefined {
  const { subject, version, called } = setting;
  if (subject.kind === "chart") {
    return version === undefined ? undefined : { name: called ?? `chart ${subject.name}`, version: version.value };
  }
  const text = versionOf(settingVersion(setting));
  return called === undefined || subject.name !== undefined || text === ""
    ? undefined
    : { name: called, version: text };
}

/** Names of what is called alike: with the object that it stands in, else told apart by their order. */
function apart(
  alike: readonly Pick<SettingVersion, "setting" | "name" | "version">[],
  environment: string,
): readonly SettingVersion[] {
  const seen = new Map<string, number>();
  return alike.map((one) => {
    const { resource } = one.setting;
    const name =
      alike.length === 1 || resource === undefined
        ? one.name
        : `${one.name} of ${neutralName(resource.slice(resource.indexOf("/") + 1), environment)}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { ...one, name, key: JSON.stringify([one.setting.form, name, before]) };
  });
}

/** The name of an object without the environment: `web` of `web-prod`. */
export function neutralName(name: string, environment: string): string {
  const word = RegExp.escape(environment);
  return name.replace(new RegExp(`[-._]${word}(?![A-Za-z0-9])|(?<![A-Za-z0-9])${word}[-._]`), "") || name;
}
