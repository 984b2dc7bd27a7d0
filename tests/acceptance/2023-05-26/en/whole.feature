# language: en
Feature: Rows of the source, and what is said about going from one to the other
  Twins of scenarios of the Japanese scripts.

  Background:
    Given the time is 2026-04-01 09:00

  Scenario Outline: A commissioned office cannot use the system
    Given it has come to "Eligibility"
    When "Kind of office" is answered "<kind>"
    And "Commissioned prevention" is answered "Commissioned"
    Then the state of "Eligibility" is "cannot be used"
    When the introduction is refused
    Then it has ended as "refused"
    Examples:
      | kind            |
      | Care management |
      | Both            |

  Scenario: A partner that is willing is enough
    Given it has come to "Eligibility"
    When "Kind of office" is answered "Care services"
    And "Exchange partners" is answered with these:
      | name   | kind            | intention |
      | Sakura | Care management | willing   |
      | Hinata | Care management | unwilling |
    Then nothing keeps "Eligibility" from being done

  Scenario: The vendor's answer does not come
    Given it has come to "1"
    When "Makes and manages plans" is answered "Yes"
    And "Standard interface" is answered "Vendor was asked"
    And 7 days pass
    Then only "interface.due" keeps "Care software" from being done
    When "Standard interface" was asked for again and has not come
    Then "Standard interface" is overdue

  Scenario: Another PC is chosen
    Given "Certificate here" is done as usual
    When the technician goes to "PC and network"
    And changing "The PC" to "reception" is looked at
    Then exactly these are to be done again:
      | fact                   |
      | Used for e-billing?    |
      | Kind of Windows        |
      | Edge                   |
      | Official sites         |
      | Certificate on this PC |
    And exactly these steps are no longer done:
      | step             |
      | PC and network   |
      | Certificate here |

  Scenario: What was measured grows stale
    Given "PC and network" is done as usual
    When 7 days pass
    Then exactly these keep "PC and network" from being done:
      | reason        |
      | windows.stale |
      | edge.stale    |
      | sites.stale   |

  Scenario: A usable certificate makes three rows needless
    Given it has come to "4"
    When "Certificate on this PC" is measured as "Usable" until 2028-03-31
    Then the states of the steps are:
      | step | state      |
      | 4-1  | not needed |
      | 4-2  | not needed |
      | 4-3  | not needed |
    And "Certificate on this PC" decides whether "Reinstall" applies

  Scenario: It is not known whether the application went through
    Given it has come to "Application"
    When "Login to the site" is answered "Logged in"
    And "Terms of use" is answered "Agreed"
    And "Completion" is answered "Not known"
    Then only "completion.unknown" keeps "Application" from being done

  Scenario: A colleague takes over
    Given the technician is "Sato"
    And it has come to "Payment"
    When "Tanaka" takes over
    Then "Sato" can only look
    When "Way of payment" is answered "Offset from benefits"
    Then "Way of payment" is known by "attested by a person" from "Tanaka"

  Scenario: It is completed, and opened again
    Given "Hand-over" is done as usual
    When the technician goes on
    Then it has ended as "complete"
    And nothing secret is in the record
    When the introduction is reopened
    Then the step is "waiting"
    And going on leads to "complete"
