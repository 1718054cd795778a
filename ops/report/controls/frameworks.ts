import type { MeasureId } from "./measures.ts";

/** One thing that a standard asks for, or warns of. */
export interface Control {
  readonly id: string;
  readonly title: string;
  /** What it is about, for someone who reads of it for the first time. */
  readonly about: string;
  /** What the gateway does about it; none = it lies outside the gateway. */
  readonly measures: readonly MeasureId[];
  /** A gateway reaches the whole of it, or only a part. */
  readonly reach: "whole" | "part";
  /** What is left to others, whatever is switched on here. */
  readonly rest: string;
}

export interface Framework {
  readonly name: string;
  /** Which edition, and what a reader has to know to read the table. */
  readonly note: string;
  readonly controls: readonly Control[];
}

export const frameworks: readonly Framework[] = [
  {
    name: "OWASP Top 10 for LLM Applications, 2026",
    note: "The ten gravest risks of applications built on language models, by the edition of August 2026 (numbers differ from 2025).",
    controls: [
      {
        id: "LLM01",
        title: "Prompt Injection",
        about: "Text that the model reads makes it do what its owner never asked for.",
        measures: ["safety", "blockedContent", "filteredOutput", "toolRules", "auditOn"],
        reach: "part",
        rest: "No filter finds every injection: applications must limit what an answer can set off.",
      },
      {
        id: "LLM02",
        title: "Sensitive Information Disclosure",
        about: "Personal data or secrets reach a provider, a log or another user.",
        measures: [
          "personalData",
          "secretsInPrompts",
          "filteredOutput",
          "noPromptsKept",
          "secretsByName",
          "cacheApart",
        ],
        reach: "part",
        rest: "Patterns find what has a form (numbers, keys); names and trade secrets need rules of your own.",
      },
      {
        id: "LLM03",
        title: "Excessive Agency",
        about: "A model may do more than its task needs.",
        measures: ["approval", "fourEyes", "toolRules", "fallbackRights"],
        reach: "part",
        rest: "Tools run in the application: their own rights must be small.",
      },
      {
        id: "LLM04",
        title: "Supply Chain",
        about: "A model, an image or a package is not what it was taken for.",
        measures: ["pinnedImage", "modelsAsCode", "secretsByName"],
        reach: "part",
        rest: "What a provider serves under a model's name is the provider's word.",
      },
      {
        id: "LLM05",
        title: "Data and Model Poisoning",
        about: "Training or retrieval data was tampered with.",
        measures: ["modelsAsCode"],
        reach: "part",
        rest: "The gateway trains nothing: choose models and sources with care.",
      },
      {
        id: "LLM06",
        title: "Unbounded Consumption",
        about: "Somebody runs up cost or load without end.",
        measures: [
          "gatewayBudget",
          "costCap",
          "tokenCap",
          "pricedModels",
          "failClosed",
          "timeLimit",
          "approval",
        ],
        reach: "whole",
        rest: "Budgets of single keys and teams are set where keys are issued.",
      },
      {
        id: "LLM07",
        title: "Misinformation",
        about: "A wrong answer is believed.",
        measures: [],
        reach: "part",
        rest: "A gateway can't judge truth. Its record shows which model gave which answer (by digest), and when.",
      },
      {
        id: "LLM08",
        title: "Hidden Context Exposure",
        about: "Instructions or context meant for the model alone are brought to light.",
        measures: ["filteredOutput", "noPromptsKept", "secretsByName"],
        reach: "part",
        rest: "Put nothing into a system prompt that would do harm if read.",
      },
      {
        id: "LLM09",
        title: "Vector and Embedding Weaknesses",
        about: "A search by meaning is misled, or gives what its reader may not see.",
        measures: ["cacheApart"],
        reach: "part",
        rest: "Vector stores lie outside the gateway: their access rights are the application's affair.",
      },
      {
        id: "LLM10",
        title: "Improper Output Handling",
        about: "An answer is run or shown as it came.",
        measures: ["filteredOutput"],
        reach: "part",
        rest: "Applications must treat answers like input from a stranger.",
      },
    ],
  },
  {
    name: "EU AI Act (Regulation 2024/1689): records",
    note: "Duties for high-risk systems. As amended by Regulation 2026/1744 they apply from 2 December 2027 (Annex III) and 2 August 2028 (Annex I). Whether a system is high-risk depends on its use, not on this gateway.",
    controls: [
      {
        id: "Art. 12(1)",
        title: "Automatic recording of events",
        about: "The system records events by itself, all its life long.",
        measures: ["auditOn", "auditFirst"],
        reach: "whole",
        rest: "What an application does beside its model calls must be recorded there.",
      },
      {
        id: "Art. 12(2)",
        title: "Traceable operation",
        about: "The records let risks be found and operation be watched.",
        measures: ["auditOn", "auditSigned", "auditIntact", "metrics"],
        reach: "whole",
        rest: "Somebody has to look: this report is one way.",
      },
      {
        id: "Art. 19(1)",
        title: "Providers keep the logs",
        about: "For a time that fits the purpose, six months at least.",
        measures: ["auditOn", "sixMonths", "auditIntact"],
        reach: "whole",
        rest: "Other law (on personal data, above all) may ask for more or less.",
      },
      {
        id: "Art. 26(6)",
        title: "Deployers keep the logs",
        about: "The same for whoever uses the system: six months at least, where the logs are theirs.",
        measures: ["auditOn", "sixMonths", "auditIntact"],
        reach: "whole",
        rest: "Backups must outlive the machine.",
      },
    ],
  },
  {
    name: "SOC 2, common criteria CC7: system operations",
    note: "What auditors of service organisations look for in daily operation (Trust Services Criteria 2017, points of focus of 2022).",
    controls: [
      {
        id: "CC7.1",
        title: "Changes and weaknesses are detected",
        about: "Changed configuration and new vulnerabilities are noticed.",
        measures: ["modelsAsCode", "pinnedImage", "auditOn"],
        reach: "part",
        rest: "Scanning of the host and its network is the operator's.",
      },
      {
        id: "CC7.2",
        title: "Anomalies are watched for",
        about: "Signs of attacks, faults and misuse are collected and looked at.",
        measures: ["metrics", "auditOn", "auditSigned", "safety"],
        reach: "whole",
        rest: "Alerts must reach somebody who is awake.",
      },
      {
        id: "CC7.3",
        title: "Security events are evaluated",
        about: "Each is judged on evidence that can be trusted.",
        measures: ["auditOn", "auditSigned", "auditIntact", "auditFirst"],
        reach: "part",
        rest: "The judging is done by people.",
      },
      {
        id: "CC7.4",
        title: "Incidents are answered",
        about: "They are contained and mended by a known procedure.",
        measures: ["approval", "gatewayBudget", "failClosed"],
        reach: "part",
        rest: "A procedure with names and telephone numbers is yours to write.",
      },
    ],
  },
];
