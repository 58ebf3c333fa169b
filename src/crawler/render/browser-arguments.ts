// What Chromium is started with: every way out but our proxy is closed, and nothing runs that no page needs.

export interface ArgumentPlan {
  readonly proxyPort: number;
  readonly fingerprint: string;
}

/** A name that only the browser's own rules know: with it no address, not even loopback, can be reached directly. */
const proxyHost = 'proxy.invalid';

const disabledFeatures = [
  // All frames of a page in one process: one to watch, one to end.
  'IsolateOrigins',
  'site-per-process',
  'Translate',
  'AcceptCHFrame',
  'MediaRouter',
  'DialMediaRouteProvider',
  'OptimizationHints',
  'OptimizationGuideModelDownloading',
  'Prerender2',
  'SpeculationRulesPrefetchFuture',
  'PrivateStateTokens',
  'WebOTP',
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'AsyncDns',
  'DnsOverHttps',
];

export function browserArguments({ proxyPort, fingerprint }: ArgumentPlan, hasSandbox: boolean): string[] {
  return [
    ...(hasSandbox ? [] : ['--no-sandbox']),
    `--proxy-server=http://${proxyHost}:${proxyPort}`,
    // Loopback goes through the proxy as well.
    '--proxy-bypass-list=<-loopback>',
    `--host-resolver-rules=MAP ${proxyHost} 127.0.0.1, MAP * ~NOTFOUND`,
    `--ignore-certificate-errors-spki-list=${fingerprint}`,
    '--disable-quic',
    '--dns-prefetch-disable',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--no-pings',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-client-side-phishing-detection',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-breakpad',
    '--disable-crash-reporter',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-speech-api',
    '--disable-site-isolation-trials',
    `--disable-features=${disabledFeatures.join(',')}`,
    '--deny-permission-prompts',
    '--block-new-web-contents',
    '--disable-print-preview',
    '--mute-audio',
    '--no-first-run',
    '--no-default-browser-check',
    '--js-flags=--max-old-space-size=512',
    '--window-size=1280,1600',
  ];
}
