/// How the page looks.
enum HTMLStyle {
  static let text = """
    :root { --ink: #1d2433; --soft: #596377; --line: #e3e7ee; --paper: #ffffff; --ground: #f5f7fa;
      --accent: #2f6fb5; }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
    main { max-width: 1240px; margin: 0 auto; padding: 40px 24px 80px; }
    h1 { font-size: 34px; line-height: 1.2; margin: 0 0 12px; letter-spacing: -0.01em; }
    h2 { font-size: 22px; margin: 44px 0 16px; }
    h3 { font-size: 16px; margin: 26px 0 10px; color: var(--soft); font-weight: 600; }
    code { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: #44506a;
      overflow-wrap: anywhere; }
    .lead { max-width: 820px; color: var(--soft); margin: 0; }
    .note { background: #fff7e2; border-left: 4px solid #e5b32b; padding: 10px 14px;
      border-radius: 4px; margin: 18px 0 0; max-width: 900px; }
    .tiles, .pair, .conclusions { display: grid; gap: 14px;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
    .tiles { grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); margin: 26px 0 22px; }
    .tile, figure, .scroll, article { background: var(--paper); border: 1px solid var(--line);
      border-radius: 10px; padding: 14px 16px; }
    .tile strong { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
    .tile span { color: var(--soft); font-size: 14px; line-height: 1.4; display: block;
      margin-top: 4px; }
    figure { margin: 0; }
    figure svg { display: block; width: 100%; height: auto; }
    .wide { margin-top: 14px; }
    .plain { margin: 0; padding-left: 20px; }
    .plain li { margin: 5px 0; }
    .small { color: var(--soft); font-size: 13px; line-height: 1.5; }
    dl { display: grid; grid-template-columns: minmax(180px, 240px) 1fr; gap: 10px 18px;
      margin: 0; font-size: 14px; }
    dt { font-weight: 600; } dt code { display: block; font-weight: 400; } dd { margin: 0; }
    @media (max-width: 640px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 8px; } }
    .scroll { overflow-x: auto; padding: 0; }
    table { border-collapse: collapse; width: 100%; font-size: 12.5px;
      font-variant-numeric: tabular-nums; }
    th, td { padding: 6px 7px; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-size: 12px; white-space: normal; vertical-align: bottom; }
    tbody th { text-align: left; font-weight: 500; }
    thead th:first-child { text-align: left; }
    tr.group th { background: #eef2f7; color: var(--soft); font-weight: 600; font-size: 12px; }
    tbody tr:hover td, tbody tr:not(.group):hover th { background: #f8fafc; }
    td strong { color: var(--accent); }
    .tag { font-size: 11px; color: #8a5a2b; background: #fbf0e2; border-radius: 8px;
      padding: 1px 7px; margin-left: 4px; }
    article { --tone: #7a8494; border-top: 4px solid var(--tone); display: flex;
      flex-direction: column; }
    .claim { display: flex; gap: 12px; align-items: baseline; }
    .claim p { margin: 0; font-weight: 600; line-height: 1.4; }
    .number { flex: none; font-size: 20px; font-weight: 700; color: var(--tone); min-width: 24px; }
    .verdict { align-self: flex-start; margin: 12px 0 4px; background: var(--tone); color: #fff;
      font-size: 13px; font-weight: 600; border-radius: 12px; padding: 2px 12px; }
    article ul { margin: 8px 0; padding-left: 18px; font-size: 14px; }
    article li { margin: 3px 0; }
    .rule { margin: auto 0 0; padding-top: 8px; font-size: 12.5px; color: var(--soft); }
    .holds { --tone: #27856a; } .partly { --tone: #b3740b; } .artefact { --tone: #7b5ea7; }
    .fails { --tone: #b83a4b; }
    """
}
