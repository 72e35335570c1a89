import { expect, test } from "vitest";
import { forgetAws, functionEnvironment, refuseElsewhere } from "../../local/aws-environment.ts";

test.each(["http://127.0.0.1:5380", "http://127.9.9.9", "http://localhost:8000", "http://[::1]:8000"])(
  "%s is this machine",
  (url) => {
    expect(() => refuseElsewhere({ AWS_ENDPOINT_URL: url })).not.toThrow();
  },
);

test.each([
  "https://sns.eu-central-1.amazonaws.com",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://192.168.1.10:8000",
  "http://0.0.0.0:8000",
  "http://user:127.0.0.1@example.com",
  "127.0.0.1:8000",
  "",
])("%j is elsewhere", (url) => {
  expect(() => refuseElsewhere({ AWS_ENDPOINT_URL_DYNAMODB: url })).toThrow("AWS_ENDPOINT_URL_DYNAMODB");
});

test("a service without a part here is sent nowhere, not to the cloud", () => {
  const environment = functionEnvironment("eu-west-1", { sns: "http://127.0.0.1:4000" });
  expect(environment["AWS_ENDPOINT_URL_SNS"]).toBe("http://127.0.0.1:4000");
  expect(environment["AWS_ENDPOINT_URL_ROUTE_53"]).toBe("http://127.0.0.1:9");
  expect(environment["AWS_ENDPOINT_URL"]).toBe("http://127.0.0.1:9");
});

test("the user's AWS settings are forgotten, everything else stays", () => {
  const environment: NodeJS.ProcessEnv = {
    AWS_PROFILE: "production",
    AWS_ENDPOINT_URL: "https://a.example",
    LANG: "C",
  };
  forgetAws(environment);
  expect(environment).not.toHaveProperty("AWS_PROFILE");
  expect(environment).not.toHaveProperty("AWS_ENDPOINT_URL");
  expect(environment["LANG"]).toBe("C");
  expect(environment["AWS_EC2_METADATA_DISABLED"]).toBe("true");
});
