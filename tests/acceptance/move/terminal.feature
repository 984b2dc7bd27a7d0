# language: ja
機能: 3 WEBサービスに使うPC
  ブラウザで使うので、WindowsとEdgeとネットが要る。

  背景:
    前提 日時は2026-11-02 09:00
    かつ 「端末とネット」まで進んでいる

  シナリオ: はじめに要るもの
    ならば 「端末とネット」が済まない理由は次のすべて:
      | 理由                  |
      | pc.unanswered         |
      | billing_pc.unanswered |
      | windows.unanswered    |
      | edge.unanswered       |
      | sites.unanswered      |

  シナリオアウトライン: 直してから使う
    前提 「端末とネット」をいつものとおり済ませる
    もし 「<項目>」に「<答え>」と答える
    ならば 「端末とネット」が済まない理由は「<理由>」だけ
    例:
      | 項目                 | 答え               | 理由              |
      | Windowsの種類        | 10でも11でもない   | windows.other     |
      | Edgeの版             | 最新ではない       | edge.old          |
      | 公式サイトへの接続   | つながらないものあり | sites.not_reached |

  シナリオ: 次の週に来たら、測り直す
    前提 「端末とネット」をいつものとおり済ませる
    もし 8日たつ
    ならば 「端末とネット」が済まない理由は次のすべて:
      | 理由          |
      | windows.stale |
      | edge.stale    |
      | sites.stale   |

  シナリオ: Windows 10のPCには、強く注意する
    前提 「端末とネット」をいつものとおり済ませる
    もし 「Windowsの種類」に「Windows 10」と答える
    ならば 「windows.win10」の注意が出る
