# language: en
Feature: Item 3, the user ID and its password
  Twins of scenarios of `item_3_user_id.feature`.

  Background:
    Given the time is 2026-11-06 09:00
    And it has come to "ID and password"

  Scenario: The ID and the password are known
    When "How the office bills" is answered "Itself, by Internet"
    And "User ID" is answered "KJ131372345601"
    Then only "password.unanswered" keeps "ID and password" from being done
    When "Password" is answered "Known, not temporary"
    Then the state of "ID and password" is "done"
    And nothing secret is in the record

  Scenario Outline: IDs that cannot be used
    When "How the office bills" is answered "Through an agent"
    And "User ID" is answered "<id>"
    Then only "<reason>" keeps "ID and password" from being done
    And "Password" is not asked
    Examples:
      | id             | reason          |
      | HD131372345601 | kj_id.hd        |
      | J11372345601   | kj_id.isdn      |
      | KJ1313723456   | kj_id.malformed |

  Scenario: No ID at all: the federation is asked, and its letter awaited
    When "How the office bills" is answered "On paper"
    And "User ID" is answered "None or not known"
    And "Request to federation" is answered "Sent"
    Then the state of "ID and password" is "waiting"
    And "Request to federation" is awaited by 2026-11-20
    When 14 days pass
    Then "Request to federation" is due
    When "User ID" arrives as "KJ131372345601"
    Then exactly these requests are closed:
      | fact                  |
      | Request to federation |

  Scenario: The letter is late
    When "How the office bills" is answered "Through an agent"
    And "User ID" is answered "KJ131372345601"
    And "Password" is answered "Lost"
    And "Request to federation" is answered "Sent"
    And 17 days pass
    Then "Request to federation" is overdue
    And only "id_request.overdue" keeps "ID and password" from being done
    When "Request to federation" is answered "Sent"
    Then "Request to federation" is awaited by 2026-12-07

  Scenario: A wrong ID takes its password with it
    Given "ID and password" is done as usual
    When "User ID" is answered "KJ131372345619"
    Then exactly these are to be done again:
      | fact     |
      | Password |
